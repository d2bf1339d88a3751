/** Cases that every operation has: they are its first good one, asked with something too many, or of a portal whose database is away. */
import type { Before, Case, Sent } from './case.ts';
import type { World } from './world.ts';

const extra = 'unheardOf';
/** Reading it needs nothing, so only who sends a token learns of an outage. */
const readsNothing = ['readDescription', 'readReference'];

export function withCommonCases(
  { token, broken }: World,
  own: Readonly<Record<string, readonly Case[]>>,
): Readonly<Record<string, readonly Case[]>> {
  return Object.fromEntries(
    Object.entries(own).map(([id, cases]) => {
      const [good] = cases;
      if (good?.kind !== 'happy') throw new Error(`the first case of ${id} goes well`);
      const asGood = (change: (sent: Sent) => Sent) => async (before: Before) =>
        change(await good.send(before));
      const unknownParameter: Case = {
        kind: 'error',
        status: 400,
        says: new RegExp(`"BODY_INVALID".*${extra}`),
        send: asGood((sent) => ({ ...sent, query: { ...sent.query, [extra]: '1' } })),
      };
      const headers = readsNothing.includes(id) ? { authorization: `Bearer ${token}` } : {};
      const outage: Case = {
        kind: 'away',
        status: 503,
        says: /"TEMPORARILY_UNAVAILABLE"/,
        send: asGood((sent) => ({
          ...sent,
          headers: { ...headers, ...sent.headers },
          portal: broken.withoutDatabase,
        })),
      };
      return [id, [...cases, unknownParameter, outage]];
    }),
  );
}
