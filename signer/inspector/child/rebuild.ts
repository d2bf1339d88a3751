/** Rebuilds one container around changed files, and compares the result with the original. */
import { UnpackBudget, showName } from '#core/formats/archive/index.ts';
import type { Container, ContainerEntry } from '#core/formats/container.ts';
import { formats } from '#core/formats/registry.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import type { FileReplacement, RebuildAnswer, RebuildMessage } from '../messages.ts';
import { digestOf, digestOfSource, streamFile, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';

export function rebuild(message: RebuildMessage): Promise<RebuildAnswer> {
  const { container } = formats[message.type];
  if (container === null) throw new InputError('the file to rebuild is no container');
  if (message.replacements.length === 0) throw new InputError('there are no replacements');
  return withFile(message.file, async (source) => {
    requireDigest('the container', message.sha256, (await digestOfSource(source)).sha256);
    const replacements = byPath(message.replacements);
    const sizes = new Map<string, number>();
    for (const { path, file } of message.replacements)
      sizes.set(path, await withFile(file, ({ size }) => Promise.resolve(size)));
    const used = new Set<string>();
    const content = container.rewrite(source, new UnpackBudget(message.limits), ({ path }) => {
      const replacement = replacements.get(path);
      if (replacement === undefined) return null;
      used.add(path);
      return { sizeBytes: sizes.get(path) ?? 0, content: () => streamFile(replacement.file) };
    });
    const written = await writeFile(message.outputFile, content);
    for (const path of replacements.keys()) {
      if (!used.has(path)) throw new InputError(`there is no ${showName(path)} to replace`);
    }
    const unchanged = await withFile(message.outputFile, (rebuilt) =>
      compare(container, source, rebuilt, replacements, message.limits),
    );
    return { ...written, unchanged };
  });
}

function byPath(replacements: readonly FileReplacement[]): ReadonlyMap<string, FileReplacement> {
  const found = new Map(replacements.map((replacement) => [replacement.path, replacement]));
  if (found.size !== replacements.length) throw new InputError('a file is replaced twice');
  return found;
}

/** Compares all entries except replaced ones → how many are unchanged; rejects with InputError at the first difference. */
async function compare(
  container: Container,
  before: RandomAccessSource,
  after: RandomAccessSource,
  replacements: ReadonlyMap<string, FileReplacement>,
  limits: RebuildMessage['limits'],
): Promise<number> {
  // Signatures add to the size: what was just within the limits stays acceptable.
  const grown = { ...limits, unpackedSizeBytesMax: Infinity, entrySizeBytesMax: Infinity };
  const others = container.open(after, new UnpackBudget(grown))[Symbol.asyncIterator]();
  let unchanged = 0;
  for await (const entry of container.open(before, new UnpackBudget(limits))) {
    const other = await others.next();
    if (other.done === true) throw differs(entry);
    const replacement = replacements.get(entry.path);
    const expected = replacement?.sha256 ?? (await digestOf(entry.content)).sha256;
    const found = (await digestOf(other.value.content)).sha256;
    if (other.value.path !== entry.path || other.value.type !== entry.type || found !== expected)
      throw differs(entry);
    if (replacement === undefined) unchanged += 1;
  }
  const more = await others.next();
  if (more.done !== true) throw differs(more.value);
  return unchanged;
}

function differs(entry: ContainerEntry): InputError {
  return new InputError(`the rebuilt archive differs at ${showName(entry.path)}`);
}
