/** Rebuilds an artifact around its signed files, innermost container first, and checks the result. */
import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { compileConfiguration, type ArtifactMatcher, type CompiledElement } from '#core/artifact/index.ts';
import { UnpackBudget, showName, streamRange } from '#core/formats/archive/index.ts';
import { readGzipHeader, writeGzip } from '#core/formats/gzip/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { rewriteTar } from '#core/formats/tar/index.ts';
import { openZipEntry, rewriteZip } from '#core/formats/zip/index.ts';
import type { RepackAnswer, RepackMessage } from '../messages.ts';
import { compareContainers } from './compare-containers.ts';
import { digestOfSource, streamFile, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';
import { tarStream } from './open-container.ts';
import { planReplacements, type Plan, type PlannedFile } from './plan-replacements.ts';

interface Repacking {
  readonly message: RepackMessage;
  readonly matcher: ArtifactMatcher;
  readonly counters: { files: number; replaced: number; unchanged: number };
}

export async function repack(message: RepackMessage): Promise<RepackAnswer> {
  const counters = { files: 0, replaced: 0, unchanged: 0 };
  const repacking: Repacking = { message, matcher: compileConfiguration(message.configuration), counters };
  const plan = planReplacements(message.replacements);
  const sha512 = createHash('sha512');
  return withFile(message.file, async (source) => {
    requireDigest('the artifact', message.sha256, (await digestOfSource(source)).sha256);
    const rewritten =
      plan.kind === 'file'
        ? await copyReplacement(repacking, plan, message.outputFile, sha512)
        : await rewriteContainer(
            repacking,
            repacking.matcher.root,
            source,
            plan.contents,
            message.outputFile,
            sha512,
          );
    return {
      ...rewritten,
      sha512: sha512.digest('hex'),
      replaced: counters.replaced,
      unchanged: counters.unchanged,
    };
  });
}

function copyReplacement(repacking: Repacking, plan: PlannedFile, output: string, sha512: Hash) {
  return withFile(plan.file, async (source) => {
    const written = await writeFile(output, streamRange(source), sha512);
    requireDigest('a signed file', plan.sha256, written.sha256);
    repacking.counters.replaced += 1;
    return written;
  });
}

async function rewriteContainer(
  repacking: Repacking,
  element: CompiledElement,
  source: RandomAccessSource,
  contents: ReadonlyMap<string, Plan>,
  output: string,
  alsoHash?: Hash,
) {
  const { type } = element;
  if (type === 'pe' || type === 'file')
    throw new InputError('a replacement points inside a file that is no container');
  if (contents.size === 0) return writeFile(output, streamRange(source), alsoHash);

  /** What replaces each entry, by path. */
  const done = new Map<string, PlannedFile>();
  const replace = async (path: string, content: () => AsyncIterable<Uint8Array>) => {
    const plan = contents.get(path);
    if (plan === undefined) return null;
    const planned =
      plan.kind === 'file' ? plan : await rewriteInner(repacking, element, path, plan.contents, content());
    if (plan.kind === 'file') repacking.counters.replaced += 1;
    done.set(path, planned);
    return planned;
  };
  const budget = new UnpackBudget(repacking.message.limits);
  const rewritten = await writeFile(output, rewrite(type, source, budget, replace), alsoHash);
  for (const path of contents.keys()) {
    if (!done.has(path)) throw new InputError(`there is no ${showName(path)} to replace`);
  }
  repacking.counters.unchanged += await withFile(output, (rewrittenSource) =>
    compareContainers(type, source, rewrittenSource, done, repacking.message.limits),
  );
  return rewritten;
}

type Replace = (path: string, content: () => AsyncIterable<Uint8Array>) => Promise<PlannedFile | null>;

async function* rewrite(
  type: 'tar' | 'tar.gz' | 'zip',
  source: RandomAccessSource,
  budget: UnpackBudget,
  replace: Replace,
): AsyncGenerator<Uint8Array> {
  if (type === 'zip') {
    yield* rewriteZip(source, budget, async (entry) => {
      const planned = await replace(entry.path, () => openZipEntry(source, entry, budget.limits));
      return planned === null ? null : () => streamFile(planned.file);
    });
    return;
  }
  const tar = rewriteTar(tarStream(type, source, budget), budget, async (entry) => {
    const planned = await replace(entry.path, () => entry.body);
    if (planned === null) return null;
    const sizeBytes = await withFile(planned.file, (file) => Promise.resolve(file.size));
    return { sizeBytes, content: streamFile(planned.file) };
  });
  yield* type === 'tar' ? tar : writeGzip(await readGzipHeader(source), tar);
}

async function rewriteInner(
  repacking: Repacking,
  parent: CompiledElement,
  path: string,
  contents: ReadonlyMap<string, Plan>,
  content: AsyncIterable<Uint8Array>,
): Promise<PlannedFile> {
  const element = repacking.matcher.matchEntry(parent.index, path);
  if (element === null) throw new InputError(`the configuration doesn't expect ${showName(path)}`);
  const [before, after] = [newFile(repacking), newFile(repacking)];
  await writeFile(before, content);
  const rewritten = await withFile(before, (source) =>
    rewriteContainer(repacking, element, source, contents, after),
  );
  return { kind: 'file', file: after, sha256: rewritten.sha256 };
}

function newFile(repacking: Repacking): string {
  repacking.counters.files += 1;
  return join(repacking.message.folder, `${String(repacking.counters.files).padStart(8, '0')}.container`);
}
