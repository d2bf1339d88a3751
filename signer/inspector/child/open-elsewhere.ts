/**
 * What the inspector has no reader for and another program can open: the daemon is asked to have it unpacked in a sandbox
 * of its own, and what came out is read like any archive's files. The inspector itself starts nothing.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, showName, streamRange, type UnpackBudget } from '#core/formats/archive/index.ts';
import {
  followedByBytes,
  metered,
  payloadOf,
  type InnerFile,
  type Payload,
} from '#core/formats/inside/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import {
  isUnpackedElsewhere,
  nameOf,
  rangeOf,
  type Recognised,
  type UnpackedElsewhere,
} from '#core/formats/recognise/index.ts';
import type { UnpackQuestion, UnpackedOutcome, UnpackersHere } from '../messages.ts';
import { pieceAt } from '../piece.ts';
import { streamFile, writeFile } from './file-source.ts';

export interface Elsewhere {
  /** Which formats can be opened on this machine, and why others can't. */
  readonly here: UnpackersHere;
  /** Waits until the daemon has had it unpacked. */
  ask(question: UnpackQuestion): Promise<UnpackedOutcome>;
}

/** Finds of one file that another program opens, in the order in which they are opened. */
export function orderOf(found: readonly Recognised[]): readonly Recognised[] {
  const rank = ({ format }: Recognised): number =>
    format === 'nsis' || format === 'inno' ? 0 : format === '7z' ? 1 : 2;
  return [...found].sort((one, other) => {
    const difference = rank(one) - rank(other);
    return difference === 0 && rank(one) === 1 ? one.start - other.start : difference;
  });
}

export interface OpenedElsewhere {
  /** As people call it, with its version. */
  readonly by: string;
  readonly payload: Payload;
  readonly files: AsyncIterable<InnerFile>;
}

interface OpenInput {
  readonly elsewhere: Elsewhere;
  readonly folder: string;
  /** Name of the file in the folder. */
  readonly file: string;
  readonly source: RandomAccessSource;
  readonly found: Recognised;
  readonly budget: UnpackBudget;
  /** What was opened in this file before: an archive inside it is a part of that. */
  readonly opened: readonly Payload[];
  readonly newFile: () => string;
}

/** Rejects (ArchiveError) with the reason why it stays closed. */
export async function openElsewhere(input: OpenInput): Promise<OpenedElsewhere> {
  const { elsewhere, folder, file, source, found, budget, opened, newFile } = input;
  const { format } = found;
  if (!isUnpackedElsewhere(format)) throw new TypeError(`nothing opens ${format}`);
  const ready = elsewhere.here[format];
  if (!ready.ok) throw closedHere(format, ready.words);
  const payload = await payloadOf(source, found, format);
  const isPart = opened.some(({ dataStart, end }) => dataStart <= payload.start && payload.end <= end);
  if (payload.isFollowed && !isPart) throw followedByBytes(payload.end);
  // Another program gets a file of its own.
  const isWhole = payload.start === 0 && payload.end === source.size && pieceAt(join(folder, file)) === null;
  const given = isWhole ? file : newFile();
  if (!isWhole)
    await writeFile(join(folder, given), streamRange(rangeOf(source, payload.start, payload.end)));
  const { limits } = budget;
  const outcome = await elsewhere.ask({
    format,
    file: given,
    filesMax: limits.entryCountMax - budget.entries,
    bytesMax: limits.unpackedSizeBytesMax - budget.unpackedBytes,
  });
  if (!isWhole) await unlink(join(folder, given));
  if (!outcome.ok) throw new ArchiveError(outcome.issue);
  return { by: outcome.by, payload, files: filesOf(outcome, budget) };
}

async function* filesOf(
  { folder, files }: Extract<UnpackedOutcome, { ok: true }>,
  budget: UnpackBudget,
): AsyncGenerator<InnerFile> {
  for (const { name, file } of files) {
    budget.countEntry(name.length);
    yield { name: shown(name), closed: null, content: metered(streamFile(join(folder, file)), budget) };
  }
}

/** A name that bytes of anybody made: as findings show those of archives. */
const shown = (name: string): string => showName(name).slice(1, -1);

function closedHere(format: UnpackedElsewhere, words: string): ArchiveError {
  return new ArchiveError({
    code: 'UNSUPPORTED',
    message: `It is ${nameOf(format)}, which can’t be opened on the signer’s machine: ${words}.`,
    fix: 'Ask the foundation to install what is missing, leave the file out, or pack it as zip or tar.',
  });
}
