/** On which token each key is, and for whose key each certificate: as the registry says of what exists, as configured for what doesn't. */
import type { KeyRegistry } from '../../keyholder/index.ts';
import { type CeremonyConfig, CeremonyError, tokensOf, type SigningToken } from '../ceremony-config/index.ts';
import type { PlannedKey } from './plan-keys.ts';

export interface PlacedKey extends PlannedKey {
  readonly tokenLabel: string;
}

/** Throws CERTIFICATE_MISMATCH where configuration and registry disagree, CONFIG_INVALID where no token has room. */
export function placeKeys(
  plan: readonly PlannedKey[],
  config: CeremonyConfig,
  earlier: KeyRegistry,
): readonly PlacedKey[] {
  const known = new Map([...earlier.keys, ...(earlier.waiting ?? [])].map((entry) => [entry.label, entry]));
  const count = new Map<string, number>();
  const add = (token: string): void => void count.set(token, (count.get(token) ?? 0) + 1);
  for (const entry of known.values()) if (entry.key === undefined) add(entry.token);
  const placed = new Map<string, string>();
  return plan.map((planned) => {
    const entry = known.get(planned.label);
    const own = entry?.key ?? entry?.label;
    // A successor that is there already has the key that it has; a ceremony's file may leave that out.
    const keyLabel =
      own === undefined || planned.keyLabel === planned.label ? (own ?? planned.keyLabel) : planned.keyLabel;
    if (own !== undefined && keyLabel !== own)
      throw new CeremonyError(
        'CERTIFICATE_MISMATCH',
        `${planned.label} is for the key ${own}, but is configured for ${keyLabel}: correct \`sameKeyAs\`, or name the next \`generation\``,
      );
    const before = entry?.token ?? known.get(keyLabel)?.token ?? placed.get(keyLabel);
    if (before !== undefined && planned.tokenLabel !== null && planned.tokenLabel !== before)
      throw new CeremonyError(
        'CERTIFICATE_MISMATCH',
        `${keyLabel} is on token ${before}, but is configured for ${planned.tokenLabel}: keys don't move; name the next \`generation\``,
      );
    const tokenLabel = before ?? planned.tokenLabel ?? roomFor(planned, config, count);
    if (before === undefined) add(tokenLabel);
    placed.set(planned.label, tokenLabel);
    // What exists keeps its date: one that signs already isn't taken out of use.
    const notUsedBefore = entry === undefined ? planned.notUsedBefore : (entry.notUsedBefore ?? null);
    return { ...planned, keyLabel, tokenLabel, notUsedBefore };
  });
}

function roomFor(
  { label, token }: PlannedKey,
  config: CeremonyConfig,
  count: ReadonlyMap<string, number>,
): string {
  const tokens: readonly Partial<SigningToken>[] = tokensOf(config, token);
  const free = tokens.find(
    (one) => one.keysMax === undefined || (count.get(one.label ?? '') ?? 0) < one.keysMax,
  );
  if (free?.label !== undefined) return free.label;
  throw new CeremonyError(
    'CONFIG_INVALID',
    `tokens.signing: no token has room for ${label}: ${tokens.map(({ label: name, keysMax }) => `${name ?? ''} has ${count.get(name ?? '') ?? 0} of ${keysMax ?? 0}`).join(', ')}; add a token, or raise keysMax`,
  );
}
