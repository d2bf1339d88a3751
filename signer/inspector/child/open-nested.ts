/** Opens whatever can be opened in a file, at any depth; each file inside becomes one to be scanned. */
import { join } from 'node:path';
import { ArchiveError, showName } from '#core/formats/archive/index.ts';
import type { Container } from '#core/formats/container.ts';
import { detectType, type DetectedType } from '#core/formats/detected-type/index.ts';
import { openInside, type InnerFile, type Payload } from '#core/formats/inside/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import {
  formatOf,
  isUnpackedElsewhere,
  nameOf,
  recognise,
  type Recognised,
} from '#core/formats/recognise/index.ts';
import { closedMax } from '../limits.ts';
import type { Closed, Content, ProgramInside } from '../answers.ts';
import { encryptedIn, givenUp, tooMany, triedEnough, unknownIn } from './closed-reasons.ts';
import { removeLeaf, withFile, writeLeaf } from './file-source.ts';
import { openElsewhere, orderOf } from './open-elsewhere.ts';
import type { NestedContext } from './nested-context.ts';
import { unaccounted, type Range } from './overlay.ts';
import { namePrograms } from './program-inside.ts';
import { isTry, startTry } from './try-stream.ts';

/** After this many containers over a limit no more are opened, since each may have used up the limits. */
const givenUpMax = 3;
const formatsMax = 100;

export interface OpenedFile {
  /** Name in the folder. */
  readonly file: string;
  readonly path: readonly string[];
  /** Containers around it, itself included. */
  readonly depth: number;
  /** The declared type that the walk opens itself, but for what is no file of it. */
  readonly declared?: Container;
  /** Whether programs inside are named, with their signatures. */
  readonly namesPrograms?: boolean;
}

interface Draft {
  /** Of a container that the walk opens, copies are what the walk has found already, seen again in its raw bytes. */
  readonly listsCopies: boolean;
  readonly formats: Set<string>;
  files: number;
  readonly openedBy: Set<string>;
  /** null: they aren't named. */
  readonly programs: ProgramInside[] | null;
  programCount: number;
  unaccounted: string | null;
  passedOver: string | null;
  readonly closed: Closed[];
  closedCount: number;
}

/** One file of the artifact → its formats and the outcome for what is inside. Never throws because of a file's contents. */
export async function openNested(
  context: NestedContext,
  { file, path, depth, declared, namesPrograms = false }: OpenedFile,
): Promise<Content> {
  const draft: Draft = {
    listsCopies: declared === undefined,
    formats: new Set(),
    files: 0,
    openedBy: new Set(),
    programs: namesPrograms ? [] : null,
    programCount: 0,
    unaccounted: null,
    passedOver: null,
    closed: [],
    closedCount: 0,
  };
  const opened = await openFile(context, draft, {
    file,
    path,
    place: '',
    inner: [],
    depth,
    declared: declared ?? null,
  });
  return {
    ...opened,
    formats: [...draft.formats].slice(0, formatsMax),
    files: draft.files,
    openedBy: [...draft.openedBy],
    programs: draft.programs ?? [],
    programCount: draft.programCount,
    unaccounted: draft.unaccounted,
    passedOver: draft.passedOver,
    closed: draft.closed,
    closedCount: draft.closedCount,
  };
}

interface Place {
  readonly file: string;
  readonly path: readonly string[];
  /** Appended to the path: empty, or `!/inner.zip!/deeper`. */
  readonly place: string;
  /** The same, a step for each container. */
  readonly inner: readonly string[];
  readonly depth: number;
  readonly declared: Container | null;
}

interface Opened {
  readonly covered: boolean;
  readonly detected: DetectedType;
}

async function openFile(context: NestedContext, draft: Draft, at: Place): Promise<Opened> {
  return withFile(join(context.folder, at.file), async (source) => {
    const { found, more, overlay } = await recognise(source);
    const detected = await detectType(source);
    let covered = false;
    if (more) recordClosed(draft, at, 'archives', new ArchiveError(tooMany));
    const searched: Searched = { source, opened: [], ranges: [] };
    context.tries.allowFor(source.size);
    let passedOver = false;
    for (const recognised of orderOf(found)) {
      if (isTry(recognised) && context.tries.isSpent) {
        if (!passedOver) recordClosed(draft, at, 'archives', new ArchiveError(triedEnough));
        passedOver = true;
        continue;
      }
      const whole =
        recognised.start === 0 && recognised.end === source.size && recognised.behindOtherBytes !== true;
      if (whole && recognised.format === at.declared?.recognisedAs)
        covered = await openOthers(context, draft, at, source, at.declared);
      else if (await openFormat(context, draft, at, searched, recognised)) covered ||= whole;
    }
    if (draft.programs !== null && searched.ranges.length > 0)
      recordUnaccounted(draft, at, await unaccounted({ ...searched, overlay }));
    return { covered, detected };
  });
}

/** → whether all of it was opened. */
async function openOthers(
  context: NestedContext,
  draft: Draft,
  at: Place,
  source: RandomAccessSource,
  container: Container,
): Promise<boolean> {
  if (container.others === undefined) return true;
  const name = nameOf(container.recognisedAs);
  try {
    for await (const { name: inner, content } of container.others(source, context.budget))
      await extract(context, draft, at, name, { name: showName(inner).slice(1, -1), closed: null, content });
    return true;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    recordClosed(draft, at, name, error);
    return false;
  }
}

interface Searched {
  readonly source: RandomAccessSource;
  /** What other programs have opened in it. */
  readonly opened: Payload[];
  /** Bytes of what was opened in it, by anybody. */
  readonly ranges: Range[];
}

/** → whether it and everything inside was opened completely. */
async function openFormat(
  context: NestedContext,
  draft: Draft,
  at: Place,
  searched: Searched,
  found: Recognised,
): Promise<boolean> {
  const { name, opener, encrypted } = formatOf(found.format);
  const elsewhere = isUnpackedElsewhere(found.format);
  if (opener === null && !elsewhere) {
    draft.formats.add(name);
    recordClosed(draft, at, name, encrypted === true ? encryptedIn(found.format) : unknownIn(found.format));
    return false;
  }
  if (context.givenUp >= givenUpMax) {
    draft.formats.add(name);
    recordClosed(draft, at, name, new ArchiveError(givenUp));
    return false;
  }
  const tried = isTry(found) ? startTry(context.tries, searched.source) : null;
  const before = {
    budget: context.budget.save(),
    unpackedBytes: context.budget.unpackedBytes,
    inside: context.inside.length,
    copies: context.copies.length,
    files: draft.files,
    programs: draft.programs?.length ?? 0,
    programCount: draft.programCount,
    unaccounted: draft.unaccounted,
    passedOver: draft.passedOver,
    closed: draft.closedCount,
    ranges: searched.ranges.length,
  };
  try {
    context.budget.checkDepth(at.depth);
    const files = elsewhere
      ? await openedElsewhere(context, draft, at, searched, found)
      : openInside(tried?.source ?? searched.source, found, context.budget, (start, end) =>
          searched.ranges.push({ start, end }),
        );
    for await (const inner of files) await extract(context, draft, at, name, inner);
    tried?.worked();
    draft.formats.add(name);
    // Other programs say nothing of bytes that they pass over.
    return !elsewhere && draft.closedCount === before.closed;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    tried?.failed(context.budget.unpackedBytes - before.unpackedBytes);
    const overLimit = error.code.startsWith('LIMIT_');
    if (overLimit || found.tentative === true) {
      // Everything extracted is removed again, so that the remaining budget serves the rest of the artifact.
      for (const insideAnswer of context.inside.splice(before.inside)) {
        context.known.delete(insideAnswer.sha256);
        await removeLeaf(join(context.folder, insideAnswer.file));
      }
      context.copies.length = before.copies;
      draft.files = before.files;
      draft.programs?.splice(before.programs);
      draft.programCount = before.programCount;
      draft.unaccounted = before.unaccounted;
      draft.passedOver = before.passedOver;
      searched.ranges.length = before.ranges;
      context.budget.restore(before.budget);
      context.givenUp += overLimit ? 1 : 0;
    }
    if (found.tentative === true && !overLimit) return false;
    draft.formats.add(name);
    recordClosed(draft, at, name, error);
    return false;
  }
}

async function openedElsewhere(
  { elsewhere, folder, budget, newFile }: NestedContext,
  draft: Draft,
  { file, place }: Place,
  { source, opened, ranges }: Searched,
  found: Recognised,
): Promise<AsyncIterable<InnerFile>> {
  const result = await openElsewhere({ elsewhere, folder, file, source, found, budget, opened, newFile });
  const { dataStart, end, isBounded, passedOver } = result.payload;
  opened.push(result.payload);
  ranges.push({ start: dataStart, end: isBounded ? end : dataStart });
  if (passedOver !== null) draft.passedOver ??= `${bytesOf(passedOver, place)}, ${passedOver.what}`;
  draft.openedBy.add(result.by);
  return result.files;
}

async function extract(
  context: NestedContext,
  draft: Draft,
  at: Place,
  format: string,
  inner: InnerFile,
): Promise<void> {
  const place = `${at.place}!/${inner.name}`;
  draft.files += 1;
  if (inner.closed !== null) {
    recordClosed(draft, { ...at, place }, format, new ArchiveError(inner.closed));
    return;
  }
  const { file, ...written } = await writeLeaf(context.folder, context.newFile(), inner.content);
  const steps = [...at.inner, inner.name];
  const deeper = { ...at, file, place, inner: steps, depth: at.depth + 1, declared: null };
  const known = { within: at.path, inner: steps, ...written };
  await namePrograms(context, draft, { file, place, ...written });
  // Copies are scanned once, empty files never. What can't be opened in a copy counts for this file too.
  if (written.sizeBytes === 0 || context.known.has(written.sha256)) {
    const opened = await openFile(context, draft, deeper);
    if (draft.listsCopies) context.copies.push({ ...known, ...opened });
    await removeLeaf(join(context.folder, file));
    return;
  }
  context.known.add(written.sha256);
  const slot = context.inside.length;
  const answer = { ...known, path: stepsTo(at.path, place), file };
  context.inside.push({ ...answer, covered: false, detected: 'data' });
  context.inside[slot] = { ...answer, ...(await openFile(context, draft, deeper)) };
}

function stepsTo(path: readonly string[], place: string): readonly string[] {
  return [...path.slice(0, -1), `${path.at(-1) ?? ''}${place}`];
}

/** One is enough: all of it has to be opened. */
function recordUnaccounted(draft: Draft, { place }: Place, range: Range | null): void {
  if (range === null) return;
  draft.unaccounted ??= `${bytesOf(range, place)} follow the program and belong to nothing that was opened`;
}

const bytesOf = ({ start, end }: Range, place: string): string =>
  `bytes ${start} to ${end - 1} of ${place === '' ? 'it' : place.slice(2)}`;

function recordClosed(
  draft: Draft,
  { place }: Pick<Place, 'place'>,
  format: string,
  { message, fix }: ArchiveError,
): void {
  draft.closedCount += 1;
  if (draft.closed.length < closedMax) draft.closed.push({ place: place.slice(2), format, message, fix });
}
