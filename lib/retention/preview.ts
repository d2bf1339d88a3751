/** What the rules would remove now, and what is kept although it is old enough, without changing anything. */
import type { Portal } from '../platform/portal/index.ts';
import { beginning, filesOf, findCandidates, type Candidate, type Place } from './find.ts';
import { needOf } from './needs.ts';
import { rulesOf, type Rule } from './rules.ts';

export interface PreviewedFile {
  readonly request: Candidate;
  readonly rule: Rule;
  readonly file: 'artifact' | 'bundle';
  readonly sha256: string;
  /** Of the object; null: it isn't in the store (any more). */
  readonly sizeBytes: number | null;
  /** Why it stays; null: it goes. */
  readonly keptFor: string | null;
}

const pageMax = 200;

/**
 * Every file of every request that is old enough, those too that rounds have looked at already: what was removed before has no size. In
 * pages, so that memory is bounded; whoever has read enough stops.
 */
export async function* previewRetention(
  ports: Pick<Portal, 'db' | 'store' | 'config' | 'now'>,
): AsyncGenerator<PreviewedFile> {
  const { db, store, config } = ports;
  const now = ports.now();
  const rules = rulesOf(config);
  for (const rule of rules) {
    let after: Place | null = beginning;
    while (after !== null) {
      const page: readonly Candidate[] = await findCandidates(db, rule, { after, count: pageMax, now });
      for (const request of page)
        for (const { file, sha256 } of filesOf(request)) {
          const sizeBytes = (await store.open(sha256))?.sizeBytes ?? null;
          const keptFor = (await needOf(db, sha256, rules, now))?.reason ?? null;
          yield { request, rule, file, sha256, sizeBytes, keptFor };
        }
      const last = page.at(-1);
      after =
        page.length < pageMax || last === undefined ? null : { endedAt: last.endedAt, requestId: last.id };
    }
  }
}
