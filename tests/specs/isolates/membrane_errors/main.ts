import { ProviderNotFoundError } from "prizm";
const provider: any = await Prizm.getProvider("github:acme/shapes@v1");
const caught = (work: () => unknown): any => {
  try {
    work();
  } catch (error) {
    return error;
  }
};
const error = caught(() => provider.fail("own"));
console.log(error instanceof TypeError, error.constructor.name, error.name, error.message, error.retryAfter, error.headers);
console.log(error.cause instanceof RangeError, error.cause.message, error.self === error, error.stack.split("\n")[0]);
console.log(/index\.ts:\d+:\d+/.test(error.stack), error.stack.includes("ext:prizm"), Object.keys(error));
const rejected = await provider.getModel("none").catch((error: unknown) => error);
console.log(rejected.constructor.name, rejected.cause.message, rejected instanceof Error);
const many = caught(() => provider.fail("aggregate"));
console.log(many instanceof AggregateError, many.errors.length, many.errors[0] instanceof TypeError, many.errors[1]);
const aborted = caught(() => provider.fail("dom"));
console.log(aborted instanceof DOMException, aborted.name, aborted.code);
const missing = caught(() => provider.fail("prizm"));
console.log(missing instanceof ProviderNotFoundError, missing.message, missing.identifier);
console.log(caught(() => provider.fail("text")));
const mine = new SyntaxError("mine");
console.log(caught(() => provider.call(() => { throw mine; })).message, await provider.later(mine).then((it: any) => it instanceof SyntaxError));
