// The built-in module `prizm`: everything that `import ... from "prizm"` gives.
//
// Its types are in `typescript/types/prizm.d.ts`.

export { JobStatus, MediaCapability } from "ext:prizm/capability.ts";
export {
  ProviderCreationError,
  ProviderEndedError,
  ProviderNotFoundError,
  ServiceCreationError,
  ServiceNotFoundError,
} from "ext:prizm/errors.ts";
export { parseIdentifier } from "ext:prizm/ops.ts";
export { getProvider, ProviderRegistry } from "ext:prizm/provider_registry.ts";
export { getService, ServiceRegistry } from "ext:prizm/service_registry.ts";
