/** The code host's answers as received, each with its hash and the time it was last confirmed. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sources } from './reputation/index.ts';
import type { RawAnswer, Source } from './reputation/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export interface StoredAnswer {
  readonly id: number;
  readonly source: Source;
  readonly etag: string | null;
  readonly sha256: string;
  readonly body: string;
  readonly fetchedAt: Date;
  readonly confirmedAt: Date;
}

/** Larger ones are read and not kept. */
const bodyCharactersMax = 4 * 1024 * 1024;
const sourceSchema = z.enum(sources);

/** The newest of each question. */
export async function newestAnswers(
  db: Portal['db'] | Transaction,
  applicationId: number,
): Promise<ReadonlyMap<Source, StoredAnswer>> {
  const rows = await db.codeHostAnswer.findMany({
    where: { applicationId },
    distinct: ['source'],
    orderBy: [{ source: 'asc' }, { id: 'desc' }],
  });
  return new Map(
    rows.flatMap((row) => {
      const source = sourceSchema.safeParse(row.source);
      return source.success ? [[source.data, { ...row, source: source.data }] as const] : [];
    }),
  );
}

export function rawOf(stored: StoredAnswer): RawAnswer {
  try {
    return { ok: true, body: JSON.parse(stored.body) as unknown };
  } catch {
    return { ok: false, reason: 'the stored answer can’t be read' };
  }
}

/** Keeps an answer; the same as before is only confirmed. → its SHA-256. */
export async function keepAnswer(
  transaction: Transaction,
  before: StoredAnswer | undefined,
  answer: {
    readonly applicationId: number;
    readonly source: Source;
    readonly etag: string | null;
    readonly body: unknown;
    readonly at: Date;
  },
): Promise<string> {
  const body = JSON.stringify(answer.body);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const { applicationId, source, etag, at } = answer;
  if (before?.sha256 === sha256) {
    await transaction.codeHostAnswer.update({ where: { id: before.id }, data: { etag, confirmedAt: at } });
    return sha256;
  }
  if (body.length > bodyCharactersMax) return sha256;
  await transaction.codeHostAnswer.create({
    data: { applicationId, source, etag, sha256, body, fetchedAt: at, confirmedAt: at },
  });
  return sha256;
}

export async function confirmAnswer(transaction: Transaction, before: StoredAnswer, at: Date): Promise<void> {
  await transaction.codeHostAnswer.update({ where: { id: before.id }, data: { confirmedAt: at } });
}
