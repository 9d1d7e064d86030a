import { EventEmitter } from "node:events";
const provider: any = await Prizm.getProvider("github:acme/probe");
class Job {
  #secret = 1;
  run() {
    return `ran ${this.#secret}`;
  }
}
const object = { value: 1, job: new Job(), nested: { f() {} }, get live() { return "live"; } };
const lines = provider.probe({ object, callback: (x: number) => x, list: [1, Job], emitter: new EventEmitter() });
console.log(lines.join("\n"));
console.log(object.value, (object as any).extra, (object as any).evil, object.job.run(), ({} as any).evil, Object.isFrozen(object));
console.log(provider.stackOf(() => {
  throw new Error("mine", { cause: new Error("below") });
}));
