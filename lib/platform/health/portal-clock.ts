/**
 * This portal's clock against the database's, which signers go by, too (decision 0145). Tokens, sessions and what is told of signers have
 * times; a portal whose clock is wrong isn't ready, so that others answer in its place.
 */
import type { Portal } from '../portal/index.ts';
import type { ComponentState } from './signer-states.ts';

const toleranceMilliseconds = 60_000;

/** Empty where the two agree: then it isn't a component that could fail. Rejects where the database can't be asked. */
export async function clockState({
  db,
  now,
}: Pick<Portal, 'db' | 'now'>): Promise<readonly ComponentState[]> {
  const began = now().getTime();
  const [row] = await db.$queryRaw<readonly { readonly at: Date }[]>`SELECT clock_timestamp() AS at`;
  if (row === undefined) throw new TypeError('the database gave no time');
  const [ended, at] = [now().getTime(), row.at.getTime()];
  // The answer is of some moment in between: what it took on its way isn't held against the clock.
  const ahead = Math.max(began - at, 0) + Math.min(ended - at, 0);
  if (Math.abs(ahead) <= toleranceMilliseconds) return [];
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const detail = `this website’s clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the database’s`;
  return [{ component: 'portal-clock', state: 'down', detail }];
}
