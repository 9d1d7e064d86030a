// The guest's side: loads the repository that the host has chosen, in place, and gives it the instance.

import { loadProviderHere } from "ext:prizm/provider_registry.ts";
import { loadServiceHere } from "ext:prizm/service_registry.ts";
import { connect } from "ext:prizm/isolate/links.ts";
import { LOADER } from "ext:prizm/isolate/protocol.ts";
import * as ops from "ext:prizm/ops.ts";

/** Called by the host program when the isolate is ready. */
export function start(): void {
  const repository = ops.guestRepository();
  const membrane = connect(ops.guestLink()!, { isHost: false, name: repository.identifier });
  membrane.exports.keep(LOADER, async (...[kind, text, config, isFresh, configured]: Order) => {
    const load = kind === "service" ? loadServiceHere : loadProviderHere;
    const instance: any = await load(repository, text, { config, isFresh });
    if (configured !== undefined) await instance.configure(...configured);
    return instance;
  });
}

/** `configured`: what the instance before it was configured with. */
type Order = [kind: string, text: string, config: unknown, isFresh: boolean, configured?: unknown[]];
