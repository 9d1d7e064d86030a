// The links of this isolate: each with its membrane, and one loop that hands out what comes.

import { primordials } from "ext:core/mod.js";
import { Membrane, type MembraneOptions } from "ext:prizm/isolate/membrane.ts";
import { CALL, type Wire } from "ext:prizm/isolate/protocol.ts";
import * as ops from "ext:prizm/ops.ts";

const { PromisePrototypeThen, SafeMap } = primordials as any;

const membranes = new SafeMap() as Map<number, Membrane>;
let isListening = false;

class LinkWire implements Wire {
  readonly #link: number;

  constructor(link: number) {
    this.#link = link;
  }

  post(message: Uint8Array): void {
    ops.postToLink(this.#link, message);
  }

  call(message: Uint8Array): Uint8Array {
    return ops.callLink(this.#link, message);
  }

  give(buffer: ArrayBuffer): number {
    return ops.giveBuffer(this.#link, buffer);
  }

  take(number: number): ArrayBuffer {
    return ops.takeBuffer(this.#link, number);
  }

  ref(isPending: boolean): void {
    ops.setLinkPending(this.#link, isPending);
  }

  close(): void {
    ops.closeLink(this.#link);
  }
}

/** This side's end of `link`. */
export function connect(link: number, options: MembraneOptions): Membrane {
  const onEnd = (isIdle: boolean) => {
    membranes.delete(link);
    ops.setLinkPending(link, false);
    options.onEnd?.(isIdle);
  };
  const membrane = new Membrane(new LinkWire(link), { ...options, onEnd });
  membranes.set(link, membrane);
  if (!isListening) {
    isListening = true;
    listen();
  }
  return membrane;
}

function listen(): void {
  PromisePrototypeThen(ops.receiveFromLinks(), (letters: [number, Uint8Array][] | null) => {
    if (letters === null) return;
    let isAsked = deliverAll(letters);
    // Whoever reads one property often reads another: a guest that waits for it a moment answers sooner. Other messages
    // are for code that goes on when this turn has ended.
    while (isAsked && ops.isGuest()) isAsked = deliverAll(ops.receiveSoon());
    listen();
  });
}

/** Whether there were calls, and nothing else. */
function deliverAll(letters: [number, Uint8Array][]): boolean {
  let isAsked = letters.length > 0;
  for (let index = 0; index < letters.length; index++) {
    deliver(letters[index][0], letters[index][1]);
    isAsked &&= letters[index][1][0] === CALL;
  }
  return isAsked;
}

function deliver(link: number, message: Uint8Array): void {
  try {
    membranes.get(link)?.receive(message);
  } catch {
    // A message that cannot be read has ended its link, and that tells all who wait.
  }
}
