/**
 * Traces of signing requests, from what signers write into their journal: a signer opens no connection for them (decision 0141).
 * What is sent twice has the same ids, and what is lost is lost: the journal is the record.
 */
import type { Portal } from '../platform/portal/index.ts';
import type { Tracing } from '../platform/tracing/index.ts';
import { readPass, takeEnds } from './read.ts';
import { spansOfPass } from './spans.ts';
import type { EndedPass } from './spans.ts';

/** One run's spans fit in it: where the collector is away, the journal waits, up to an hour, rather than the spans. */
const roomMin = 2048;

/** → what went wrong, in words. */
export async function sendSigningTraces(
  { db, now }: Pick<Portal, 'db' | 'now'>,
  tracing: Pick<Tracing, 'room' | 'add'>,
): Promise<readonly string[]> {
  if (tracing.room() < roomMin) return [];
  const passes = await db.$transaction(async (transaction) => {
    const found: EndedPass[] = [];
    for (const end of await takeEnds(transaction, now())) {
      const pass = await readPass(transaction, end);
      if (pass !== null) found.push(pass);
    }
    return found;
  });
  for (const pass of passes) tracing.add(...spansOfPass(pass));
  return [];
}
