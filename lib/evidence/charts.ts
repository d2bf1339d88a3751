import type { Application } from '../applications/index.ts';
import { chartsOf, readAnswers } from './reputation/index.ts';
import type { EvidenceCharts, RawAnswer, Source } from './reputation/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { newestAnswers, rawOf } from './stored-answers.ts';

export interface CollectedEvidence {
  readonly charts: EvidenceCharts;
  /** When the host last answered; null: never. */
  readonly confirmedAt: Date | null;
}

/** Pictures from the newest stored answers. The caller has found the application to be the reader's to see. */
export async function readCharts(
  { db, codeHosts }: Pick<Portal, 'db' | 'codeHosts'>,
  { id, repository }: Pick<Application, 'id' | 'repository'>,
): Promise<CollectedEvidence> {
  const stored = await newestAnswers(db, id);
  const answers: Partial<Record<Source, RawAnswer>> = {};
  let confirmedAt: Date | null = null;
  for (const [source, one] of stored) {
    answers[source] = rawOf(one);
    if (confirmedAt === null || one.confirmedAt > confirmedAt) confirmedAt = one.confirmedAt;
  }
  const host = codeHosts.hostOf(repository?.uri ?? '');
  return { charts: chartsOf(readAnswers(answers, host)), confirmedAt };
}
