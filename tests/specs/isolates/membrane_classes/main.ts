import { EventEmitter } from "node:events";
const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const { Model, model } = provider;
console.log(model instanceof Model, model instanceof EventEmitter, model instanceof Object, model instanceof Map);
console.log(model.constructor === Model, Model.name, Model.kinds, provider.constructor.name, typeof Model);
const other = new Model("second");
console.log(other.id, other.use(), other.use(), model.uses, Model.make("third").id, other.inherited());
console.log(Object.getPrototypeOf(other) === Model.prototype, Object.getPrototypeOf(model.constructor).name);
try {
  Model("x");
} catch (error: any) {
  console.log(error instanceof TypeError, error.message);
}
console.log(provider.registry.get("b"), provider.registry.size, provider.registry.total(), [...provider.registry.keys()]);
console.log(provider.registry instanceof Map, Function.prototype.call.call(provider.echo, provider, 5), provider.echo.bind(provider)(6));
console.log(provider.echo.name, provider.call.length, typeof provider.echo);
