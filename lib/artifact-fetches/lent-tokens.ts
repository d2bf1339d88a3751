/**
 * Tokens that callers lent for a fetch: in this process alone, as long as it takes. Nothing of them is written anywhere, so a
 * portal that is started again has none of them.
 */
import type { Portal } from '../platform/portal/index.ts';

interface Lent {
  readonly token: string;
  readonly until: number;
}

const lent = new WeakMap<Portal['config'], Map<string, Lent>>();
/** Tokens of jobs end with the job; none is kept for longer, whatever happens to its fetch. */
const lifetimeMilliseconds = 60 * 60_000;
const countMax = 1_000;

const of = ({ config }: Pick<Portal, 'config'>): Map<string, Lent> => {
  const known = lent.get(config) ?? new Map<string, Lent>();
  lent.set(config, known);
  return known;
};

export function keepToken(portal: Pick<Portal, 'config'>, id: string, token: string): void {
  const tokens = of(portal);
  const now = performance.now();
  for (const [key, { until }] of tokens) if (until < now) tokens.delete(key);
  // The oldest goes: its fetch then does with the portal's own, or is asked for again.
  const [oldest] = tokens.size >= countMax ? tokens.keys() : [];
  if (oldest !== undefined) tokens.delete(oldest);
  tokens.set(id, { token, until: now + lifetimeMilliseconds });
}

export function lentToken(portal: Pick<Portal, 'config'>, id: string): string | null {
  const found = of(portal).get(id);
  return found === undefined || found.until < performance.now() ? null : found.token;
}

export function forgetToken(portal: Pick<Portal, 'config'>, id: string): void {
  of(portal).delete(id);
}
