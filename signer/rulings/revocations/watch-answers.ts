/** Whether the published status answers agree with the signer. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OcspError, readStatusAnswer, type ReadStatusAnswer } from '#core/pki/ocsp/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import type { Revocations } from './revocations.ts';
import type { ListVerdict } from './watch-list.ts';

/** Answers that expire sooner than this raise an alarm: that leaves this long to repair the authority. */
const alarmMilliseconds = 12 * 3_600_000;
/** How long the authority may take to publish what is new. */
const publishMilliseconds = 5 * 60_000;
/** How many are read at a time: a verification takes about a millisecond, and this runs every ten seconds. */
const sampleMax = 40;

/**
 * Folder of answers and their issuer's certificate (PEM file) → what is wrong with them as of `now`: the most recent
 * revocations must be in them, and a changing sample of the others must be valid.
 */
export async function judgeAnswers(
  places: { readonly folder: string; readonly issuer: string },
  revocations: Revocations,
  now: Date,
): Promise<ListVerdict> {
  const issuer = certificateFromPem(await readFile(places.issuer, 'utf8'));
  const read = (serial: string): Promise<ReadStatusAnswer | string> =>
    readAnswer(places.folder, serial, issuer);
  const due = [...revocations.values()]
    .filter((revocation) => now.getTime() - revocation.learnedAt.getTime() > publishMilliseconds)
    .sort((a, b) => b.learnedAt.getTime() - a.learnedAt.getTime());
  for (const one of due.slice(0, sampleMax)) {
    const answer = await read(one.serial);
    if (typeof answer === 'string') return { state: 'down', detail: answer };
    if (answer.status !== 'revoked' || answer.revokedAt?.getTime() !== one.effectiveAt.getTime())
      return {
        state: 'down',
        detail: `the answer for ${one.serial} says ${answer.status}, but it is revoked`,
      };
  }
  const serials = (await readdir(places.folder).catch(noneIfMissing))
    .filter((name) => name.endsWith('.ors'))
    .map((name) => name.slice(0, -'.ors'.length));
  if (serials.length === 0)
    return { state: 'down', detail: `${places.folder} holds no answers: start the authority` };
  const start = Math.floor(now.getTime() / 1000) % serials.length;
  let until = Number.POSITIVE_INFINITY;
  for (const serial of [...serials.slice(start), ...serials.slice(0, start)].slice(0, sampleMax)) {
    const answer = await read(serial);
    if (typeof answer === 'string') return { state: 'down', detail: answer };
    until = Math.min(until, answer.nextUpdate.getTime());
  }
  const end = new Date(until).toISOString();
  if (until <= now.getTime())
    return { state: 'down', detail: `answers expired at ${end}: start the authority` };
  return {
    state: until - now.getTime() < alarmMilliseconds ? 'degraded' : 'ok',
    detail: `${serials.length} answers are published; those checked are valid until ${end}`,
  };
}

/** → the answer, or the problem with it. */
async function readAnswer(
  folder: string,
  serial: string,
  issuer: Uint8Array,
): Promise<ReadStatusAnswer | string> {
  const file = join(folder, `${serial}.ors`);
  try {
    const answer = readStatusAnswer(new Uint8Array(await readFile(file)), issuer);
    return answer.serial === serial ? answer : `${file} answers for ${answer.serial}`;
  } catch (error) {
    if (error instanceof OcspError) return `${file}: ${error.message}`;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return `there is no answer for ${serial}: start the authority`;
    throw error;
  }
}

function noneIfMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
