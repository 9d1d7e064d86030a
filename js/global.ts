// The global `Prizm`.

import type { PrizmGlobal } from "prizm";
import { MediaCapability } from "ext:prizm/capability.ts";
import { cacheFolder, parseIdentifier, version } from "ext:prizm/ops.ts";
import { transfer } from "ext:prizm/isolate/transfer.ts";
import { getProvider, ProviderRegistry } from "ext:prizm/provider_registry.ts";
import { getService, ServiceRegistry } from "ext:prizm/service_registry.ts";

export function createPrizmGlobal() {
  return {
    version,
    getProvider,
    getService,
    parseIdentifier,
    ProviderRegistry,
    ServiceRegistry,
    MediaCapability,
    transfer,
    get cacheFolder() {
      return cacheFolder();
    },
  } satisfies Record<keyof PrizmGlobal, unknown>;
}
