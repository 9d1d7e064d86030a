const gifts = {
  getter: { get value() { throw new RangeError('from the getter'); } },
  thrown: { get value() { throw { get message() { throw 1; }, toString() { throw 2; } }; } },
  error: Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no message'); } }),
  stack: Object.defineProperty(new Error('x'), 'stack', { get() { throw new Error('no stack'); } }),
  proxy: new Proxy({}, { get() { throw new Error('from the trap'); }, ownKeys() { throw new Error('from ownKeys'); }, getPrototypeOf() { throw new Error('from getPrototypeOf'); } }),
  lying: new Proxy({}, { ownKeys: () => ['a', 'b'], getOwnPropertyDescriptor: () => undefined, has: () => true }),
  fixed: new Proxy(Object.freeze({ a: 1 }), {}),
  inspect: { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('from inspect'); }, get x() { return 1; } },
  json: { toJSON() { throw new Error('from toJSON'); } },
  primitive: { [Symbol.toPrimitive]() { throw new Error('from toPrimitive'); } },
  tag: { get [Symbol.toStringTag]() { throw new Error('from the tag'); } },
  deep: { get next() { return this; } },
};
export default (name) => gifts[name];
