/** Rebuilds one container around changed files and with new ones, and compares the result with the original. */
import { UnpackBudget, showName } from '#core/formats/archive/index.ts';
import type { Addition, Container, ContainerEntry } from '#core/formats/container.ts';
import { formats } from '#core/formats/registry.ts';
import { readExactly, type RandomAccessSource } from '#core/formats/random-access.ts';
import type { RebuildAnswer } from '../answers.ts';
import type { FileAddition, FileReplacement, RebuildMessage } from '../messages.ts';
import { digestOf, digestOfFile, streamFile, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';

/** New files are held in memory, one after another. */
const additionBytesMax = 64 * 1024 * 1024;

interface Changes {
  readonly replacements: ReadonlyMap<string, FileReplacement>;
  /** By the file behind which they are put. */
  readonly additions: ReadonlyMap<string, readonly FileAddition[]>;
}

export async function rebuild(message: RebuildMessage): Promise<RebuildAnswer> {
  const { container } = formats[message.type];
  if (container === null) throw new InputError('the file to rebuild is no container');
  if (message.replacements.length + message.additions.length === 0)
    throw new InputError('there is nothing to change');
  if (message.additions.length > 0 && container.takesAdditions !== true)
    throw new InputError(`${formats[message.type].words.one} gets no new files`);
  requireDigest('the container', message.sha256, (await digestOfFile(message.file)).sha256);
  return withFile(message.file, async (source) => {
    const changes = changesOf(message);
    const sizes = new Map<string, number>();
    for (const { path, file } of message.replacements)
      sizes.set(path, await withFile(file, ({ size }) => Promise.resolve(size)));
    const used = new Set<string>();
    const content = container.rewrite(source, new UnpackBudget(message.limits), {
      replace({ path }) {
        const replacement = changes.replacements.get(path);
        if (replacement === undefined) return null;
        used.add(path);
        return { sizeBytes: sizes.get(path) ?? 0, content: () => streamFile(replacement.file) };
      },
      async added({ path }) {
        const read: Addition[] = [];
        for (const addition of changes.additions.get(path) ?? []) {
          used.add(addition.path);
          read.push({ path: addition.path, content: await readWhole(addition) });
        }
        return read;
      },
    });
    const written = await writeFile(message.outputFile, content);
    for (const { path } of [...message.replacements, ...message.additions]) {
      if (!used.has(path)) throw new InputError(`there is no place for ${showName(path)}`);
    }
    const unchanged = await withFile(message.outputFile, async (rebuilt) => {
      const budgets = budgetsOf(message.limits);
      await container.checkOthers?.(source, rebuilt, budgets(), new Set(changes.replacements.keys()));
      return compare(container, source, rebuilt, changes, budgets);
    });
    return { ...written, unchanged };
  });
}

function readWhole({ file, path }: FileAddition): Promise<Uint8Array> {
  return withFile(file, (source) => {
    if (source.size > additionBytesMax) throw new InputError(`${showName(path)} is too large to be added`);
    return readExactly(source, 0, source.size);
  });
}

function changesOf({ replacements, additions }: RebuildMessage): Changes {
  const all = [...replacements, ...additions];
  if (new Set(all.map(({ path }) => path)).size !== all.length)
    throw new InputError('a file is replaced or added twice');
  const behind = new Map<string, FileAddition[]>();
  for (const addition of additions)
    behind.set(addition.behind, [...(behind.get(addition.behind) ?? []), addition]);
  return {
    replacements: new Map(replacements.map((replacement) => [replacement.path, replacement])),
    additions: behind,
  };
}

interface Budgets {
  readonly before: UnpackBudget;
  readonly after: UnpackBudget;
}

/** Signatures add to the size and the number: what was just within the limits stays acceptable. */
function budgetsOf(limits: RebuildMessage['limits']): () => Budgets {
  const grown = {
    ...limits,
    unpackedSizeBytesMax: Infinity,
    entrySizeBytesMax: Infinity,
    entryCountMax: Infinity,
    namesBytesMax: Infinity,
  };
  return () => ({ before: new UnpackBudget(limits), after: new UnpackBudget(grown) });
}

/**
 * Compares all entries except changed ones → how many are unchanged; rejects with InputError at the first difference. New files are
 * where they belong, and nowhere else.
 */
async function compare(
  container: Container,
  before: RandomAccessSource,
  after: RandomAccessSource,
  { replacements, additions }: Changes,
  budgets: () => Budgets,
): Promise<number> {
  const same = (await container.sameEntries?.(before, after, budgets())) ?? new Set<string>();
  const others = container.open(after, budgets().after)[Symbol.asyncIterator]();
  /** `sha256`: null where the bytes as they are packed are known to be the same. */
  const isNext = async (
    entry: Pick<ContainerEntry, 'path' | 'type'>,
    sha256: string | null,
  ): Promise<void> => {
    const other = await others.next();
    if (other.done === true) throw differs(entry);
    const found = sha256 === null ? null : (await digestOf(other.value.content)).sha256;
    if (other.value.path !== entry.path || other.value.type !== entry.type || found !== sha256)
      throw differs(entry);
  };
  let unchanged = 0;
  for await (const entry of container.open(before, budgets().before)) {
    const replacement = replacements.get(entry.path);
    const isSame = replacement === undefined && same.has(entry.path);
    await isNext(entry, isSame ? null : (replacement?.sha256 ?? (await digestOf(entry.content)).sha256));
    if (replacement === undefined) unchanged += 1;
    for (const { path, sha256 } of entry.type === 'file' ? (additions.get(entry.path) ?? []) : [])
      await isNext({ path, type: 'file' }, sha256);
  }
  const more = await others.next();
  if (more.done !== true) throw differs(more.value);
  return unchanged;
}

function differs(entry: Pick<ContainerEntry, 'path'>): InputError {
  return new InputError(`the rebuilt archive differs at ${showName(entry.path)}`);
}
