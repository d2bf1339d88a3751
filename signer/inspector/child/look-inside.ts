/** Looks into a file: whatever in it can be opened is opened, at any depth, and each file inside becomes one to be scanned. */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, type UnpackBudget } from '#core/formats/archive/index.ts';
import { openInside, type InnerFile } from '#core/formats/inside/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import {
  formatOf,
  nameOf,
  recognise,
  type FormatId,
  type Recognised,
} from '#core/formats/recognise/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { closedMax } from '../limits.ts';
import type { Closed, Content, InsideAnswer } from '../messages.ts';
import { withFile, writeFile } from './file-source.ts';

/** After that many containers over a limit, no more are opened: each may have cost all that the limits allow. */
const givenUpMax = 3;
const formatsMax = 100;

export interface Looking {
  readonly folder: string;
  readonly budget: UnpackBudget;
  readonly inside: InsideAnswer[];
  /** Content that is among the files to be scanned already. */
  readonly known: Set<Sha256Hex>;
  /** → a file name in the folder that nothing has yet. */
  newFile(): string;
  givenUp: number;
}

export interface Look {
  /** Name in the folder. */
  readonly file: string;
  readonly path: readonly string[];
  /** Containers around it, itself counted. */
  readonly depth: number;
  /** What the configuration declares it as and the walk opens by itself. */
  readonly declared?: FormatId;
}

interface Draft {
  readonly formats: Set<string>;
  files: number;
  readonly closed: Closed[];
  closedCount: number;
}

/** One file of the artifact → what it is and what became of what is inside. Never throws for what a file holds. */
export async function lookInside(looking: Looking, { file, path, depth, declared }: Look): Promise<Content> {
  const draft: Draft = { formats: new Set(), files: 0, closed: [], closedCount: 0 };
  const covered = await look(looking, draft, { file, path, place: '', depth, declared: declared ?? null });
  return {
    formats: [...draft.formats].slice(0, formatsMax),
    files: draft.files,
    covered,
    closed: draft.closed,
    closedCount: draft.closedCount,
  };
}

interface Place {
  readonly file: string;
  readonly path: readonly string[];
  /** Behind the path: empty, or `!/inner.zip!/deeper`. */
  readonly place: string;
  readonly depth: number;
  readonly declared: FormatId | null;
}

async function look(looking: Looking, draft: Draft, at: Place): Promise<boolean> {
  return withFile(join(looking.folder, at.file), async (source) => {
    const { found, more } = await recognise(source);
    let covered = false;
    if (more) close(draft, at, 'archives', new ArchiveError(tooMany));
    for (const recognised of found) {
      const whole =
        recognised.start === 0 && recognised.end === source.size && recognised.behindOtherBytes !== true;
      if (whole && recognised.format === at.declared) covered = true;
      else if (await open(looking, draft, at, source, recognised)) covered ||= whole;
    }
    return covered;
  });
}

const tooMany = {
  code: 'UNSUPPORTED',
  message: 'It holds more archives than are looked for in one file.',
  fix: 'Leave the file out, or declare it as opaque.',
} as const;

/** → whether it was opened to its end, and everything in it as well. */
async function open(
  looking: Looking,
  draft: Draft,
  at: Place,
  source: RandomAccessSource,
  found: Recognised,
): Promise<boolean> {
  const { name, opener, encrypted } = formatOf(found.format);
  if (opener === null) {
    draft.formats.add(name);
    close(draft, at, name, encrypted === true ? encryptedIn(found.format) : unknownIn(found.format));
    return false;
  }
  if (looking.givenUp >= givenUpMax) {
    draft.formats.add(name);
    close(draft, at, name, new ArchiveError(givenUp));
    return false;
  }
  const before = {
    budget: looking.budget.save(),
    inside: looking.inside.length,
    files: draft.files,
    closed: draft.closedCount,
  };
  try {
    looking.budget.checkDepth(at.depth);
    for await (const inner of openInside(source, found, looking.budget)) {
      await takeOut(looking, draft, at, name, inner);
    }
    draft.formats.add(name);
    return draft.closedCount === before.closed;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const overLimit = error.code.startsWith('LIMIT_');
    if (overLimit || found.tentative === true) {
      // All that was taken out goes again, so that what is left of the limits is for the rest of the artifact.
      for (const insideAnswer of looking.inside.splice(before.inside)) {
        looking.known.delete(insideAnswer.sha256);
        await unlink(join(looking.folder, insideAnswer.file));
      }
      draft.files = before.files;
      looking.budget.restore(before.budget);
      looking.givenUp += overLimit ? 1 : 0;
    }
    if (found.tentative === true && !overLimit) return false;
    draft.formats.add(name);
    close(draft, at, name, error);
    return false;
  }
}

async function takeOut(
  looking: Looking,
  draft: Draft,
  at: Place,
  format: string,
  inner: InnerFile,
): Promise<void> {
  const place = `${at.place}!/${inner.name}`;
  draft.files += 1;
  if (inner.closed !== null) {
    close(draft, { ...at, place }, format, new ArchiveError(inner.closed));
    return;
  }
  const file = looking.newFile();
  const written = await writeFile(join(looking.folder, file), inner.content);
  const deeper = { ...at, file, place, depth: at.depth + 1, declared: null };
  // Copies are scanned once; nothing hides in no bytes. What can't be opened in a copy counts for this file too.
  if (written.sizeBytes === 0 || looking.known.has(written.sha256)) {
    await look(looking, draft, deeper);
    await unlink(join(looking.folder, file));
    return;
  }
  looking.known.add(written.sha256);
  const slot = looking.inside.length;
  const answer = { path: stepsTo(at.path, place), file, ...written };
  looking.inside.push({ ...answer, covered: false });
  const covered = await look(looking, draft, deeper);
  looking.inside[slot] = { ...answer, covered };
}

function stepsTo(path: readonly string[], place: string): readonly string[] {
  return [...path.slice(0, -1), `${path.at(-1) ?? ''}${place}`];
}

function close(
  draft: Draft,
  { place }: Pick<Place, 'place'>,
  format: string,
  { message, fix }: ArchiveError,
): void {
  draft.closedCount += 1;
  if (draft.closed.length < closedMax) draft.closed.push({ place: place.slice(2), format, message, fix });
}

const givenUp = {
  code: 'LIMIT_TOTAL_SIZE',
  message: 'Other archives in the artifact went over the limits, so this one was not opened.',
  fix: 'Split the artifact, or ask the foundation to raise the limits.',
} as const;

function encryptedIn(format: FormatId): ArchiveError {
  const message = `It is ${nameOf(format)}: only whoever has the key sees what is in it.`;
  return new ArchiveError({
    code: 'ENCRYPTED',
    message,
    fix: 'Pack it without encryption, or leave it out.',
  });
}

function unknownIn(format: FormatId): ArchiveError {
  const message = `It is ${nameOf(format)}, which the signer can’t open.`;
  return new ArchiveError({
    code: 'UNSUPPORTED',
    message,
    fix: 'Pack it as zip or tar (plain, gzip, xz, bzip2 or Zstandard), or leave it out.',
  });
}
