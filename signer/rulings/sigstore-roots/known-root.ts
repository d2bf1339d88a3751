/** What the signer knows of one TUF repository, in one file of its own: complete or absent, whatever happens while it is written. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CodedError } from '#core/error/index.ts';
import type { TufRepository } from '#core/generated/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';

const roles = z.strictObject({
  root: z.string(),
  timestamp: z.string(),
  snapshot: z.string(),
  targets: z.string(),
});

/** The newest metadata of the repository, as it signed them. */
export type Metadata = z.output<typeof roles>;

const contents = z.strictObject({
  version: z.literal(1),
  mirror: z.string(),
  /** When the look at the repository began that found this, or found nothing newer. */
  checkedAt: z.iso.datetime().transform((text) => new Date(text)),
  metadata: roles,
  trustedRoot: z.string(),
});
const file = z.strictObject({ sha256: z.string(), contents: z.string() });

export interface KnownRoot extends z.output<typeof contents> {
  /** Of `trustedRoot`. */
  readonly sha256: string;
}

export class RootRecordError extends CodedError<'ROOT_RECORD_UNREADABLE'> {
  static override readonly errorName = 'RootRecordError';
  constructor(message: string, cause: unknown) {
    super('ROOT_RECORD_UNREADABLE', message, { cause });
  }
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

export const defaultTarget = 'trusted_root.json';

/** Another mirror, target or pinned root is another repository: nothing that was known of one counts for the other. */
export const pinOf = ({ mirror, target = defaultTarget, root }: TufRepository): string =>
  sha256Of(canonicalJson({ mirror, target, root })).slice(0, 32);

const placeOf = (directory: string, pin: string): string => join(directory, `${pin}.json`);

/**
 * null: nothing was ever known. Throws ROOT_RECORD_UNREADABLE for a damaged file: starting over without what the mirror showed
 * before would let it go back.
 */
export async function readKnown(directory: string, pin: string): Promise<KnownRoot | null> {
  const place = placeOf(directory, pin);
  try {
    const outer = file.parse(JSON.parse(await readFile(place, 'utf8')));
    if (sha256Of(outer.contents) !== outer.sha256) throw new TypeError('its digest is another');
    const known = contents.parse(JSON.parse(outer.contents));
    return { ...known, sha256: sha256Of(known.trustedRoot) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new RootRecordError(`${place} is damaged`, cause);
  }
}

export async function writeKnown(
  directory: string,
  pin: string,
  known: Omit<KnownRoot, 'sha256' | 'version'>,
): Promise<void> {
  const { mirror, checkedAt, metadata, trustedRoot } = known;
  const text = JSON.stringify({ version: 1, mirror, checkedAt, metadata, trustedRoot });
  await replaceFile(
    placeOf(directory, pin),
    `${JSON.stringify({ sha256: sha256Of(text), contents: text })}\n`,
  );
}
