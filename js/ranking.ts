// The order of providers that offer the same thing, best first.

import type { FindProviderOptions, MediaCapability, MediaProvider } from "prizm";

interface Ranked {
  provider: MediaProvider;
  isAvailable: boolean;
  cost: number;
}

/**
 * Available before unavailable; local before remote, with `preferLocal`; then the cheaper one; then the given
 * order. Leaves out what costs more than `maxCost`. Asks a provider whether it is available only where there is a
 * choice.
 */
export async function rank(
  providers: MediaProvider[],
  capability: MediaCapability,
  { preferLocal = false, maxCost = Infinity }: FindProviderOptions,
): Promise<MediaProvider[]> {
  const isLimited = maxCost !== Infinity;
  const affordable = providers
    .map((provider) => ({ provider, cost: costOf(provider, capability) }))
    .filter(({ cost }) => !isLimited || cost <= maxCost);
  const hasChoice = affordable.length > 1;
  const ranked: Ranked[] = await Promise.all(affordable.map(async ({ provider, cost }) => ({
    provider,
    cost,
    isAvailable: !hasChoice || await isAvailable(provider),
  })));

  ranked.sort((a, b) =>
    Number(b.isAvailable) - Number(a.isAvailable) ||
    (preferLocal ? Number(b.provider.type === "local") - Number(a.provider.type === "local") : 0) ||
    compareCosts(a.cost, b.cost)
  );
  return ranked.map(({ provider }) => provider);
}

/** Price of the cheapest model for `capability`; unknown is `Infinity`, but nothing for a local provider. */
function costOf(provider: MediaProvider, capability: MediaCapability): number {
  const costs = (provider.models ?? [])
    .filter((model) => model.capabilities?.includes(capability))
    .map(({ pricing }) => (pricing?.inputCost ?? NaN) + (pricing?.outputCost ?? 0))
    .filter((cost) => !Number.isNaN(cost));
  return Math.min(...costs, provider.type === "local" && costs.length === 0 ? 0 : Infinity);
}

function compareCosts(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** A provider that cannot even say so is not available. */
async function isAvailable(provider: MediaProvider): Promise<boolean> {
  try {
    return Boolean(await provider.isAvailable());
  } catch {
    return false;
  }
}
