// Tries what a guest must not be able to do with objects of its host.
export default class {
  id = "probe"; name = "Probe"; type = "local"; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel() { return {}; }
  async getHealth() { return { status: "healthy" }; }
  probe({ object, callback, list, emitter }: any) {
    const Job = list[1];
    const tries: Record<string, () => unknown> = {
      "a function's constructor is the guest's": () => callback.constructor === Function,
      "what it makes runs here": () => callback.constructor.constructor("return globalThis")() === globalThis,
      "an object's constructor": () => object.constructor === Object,
      "a method's constructor": () => object.job.run.constructor === Function,
      "a class's prototype": () => Job.prototype,
      "an object's prototype": () => Object.getPrototypeOf(object) === Object.prototype,
      "an instance's prototype": () => Object.getPrototypeOf(object.job) === Object.prototype,
      "an emitter's prototype": () => emitter.__proto__ === undefined,
      "a bound function": () => callback.bind(null).constructor === Function,
      "set a field that is there": () => (object.value = 2),
      "set a new one": () => (object.extra = 1),
      "set __proto__": () => Reflect.set(object, "__proto__", { evil: true }),
      "set a prototype": () => Object.setPrototypeOf(object, null),
      "set constructor": () => (object.constructor = 1),
      "replace a method of a class": () => (object.job.run = () => "evil"),
      "delete": () => delete object.value,
      "define": () => Object.defineProperty(object, "x", { value: 1, configurable: true }),
      "a getter through the prototype": () => object.__defineGetter__("value", () => 666),
      "caller": () => callback.caller,
      "keys": () => Reflect.ownKeys(Job).includes("prototype"),
      "descriptor of a getter": () => typeof Object.getOwnPropertyDescriptor(object, "live")?.get,
      "call": () => [callback(1), object.job.run(), object.live, new Job().run()].join(),
      "valueOf": () => object.valueOf() === object,
      "freeze": () => Object.freeze(object),
    };
    return Object.entries(tries).map(([name, attempt]) => {
      try {
        return `${name}: ${String(attempt())}`;
      } catch (error: any) {
        return `${name}: ${error.name}`;
      }
    });
  }
  stackOf(callback: () => void) {
    try {
      callback();
      return "nothing was thrown";
    } catch (error: any) {
      return [error.message, error.stack.includes("main.ts"), error.cause.stack.includes("main.ts")].join();
    }
  }
}
