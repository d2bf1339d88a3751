/** A request that somebody cancelled ends, as long as nothing of it is released. */
import type { RequestId } from '#core/ids/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';
import { readCancellation } from '../requests/index.ts';
import type { Run } from '../run/index.ts';
import type { SignerContext } from './context.ts';

type Ports = Pick<SignerContext, 'database'>;

/** null: nobody cancelled it so far. */
export async function findCancelled({ database }: Ports, id: RequestId): Promise<readonly Finding[] | null> {
  const found = await readCancellation(database, id);
  if (found === null) return null;
  return [
    fail({
      rule: 'received.cancelled',
      message: 'The request was cancelled.',
      expected: 'a request that somebody still wants',
      found: `cancelled by ${found.cancelledBy}: ${found.reason}`.toWellFormed(),
      fix: 'Where it was a mistake, submit the request again.',
    }),
  ];
}

/** Ends it (throws RunEnded). Needs only the database, so that it counts while everything else is down. */
export async function endIfCancelled(context: Ports, run: Run, id: RequestId): Promise<void> {
  const findings = await findCancelled(context, id);
  if (findings !== null)
    await run.step('received', 'checking', () => Promise.resolve({ ok: false, findings }));
}
