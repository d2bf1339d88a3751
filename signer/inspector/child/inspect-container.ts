import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCounts, unexpectedEntry, type CompiledElement } from '#core/artifact/index.ts';
import { ArchiveError, NameRegistry, archiveFinding } from '#core/formats/archive/index.ts';
import type { Container, ContainerEntry } from '#core/formats/container.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { pass } from '#core/wire/finding/index.ts';
import { digestOf, withFile, writeFile, writeLeaf, type WrittenFile } from './file-source.ts';
import type { SeenFile } from './seen-file.ts';
import { hintAt } from './hint-inside.ts';
import { outputNameFindings } from './output-names.ts';
import type { Walk } from './walk.ts';

export interface OpenedContainer {
  readonly element: CompiledElement;
  readonly container: Container;
  readonly path: readonly string[];
  readonly source: RandomAccessSource;
  readonly depth: number;
}

/** What is done with each expected file. `file` is the name in the request's folder. */
export type InspectFile = (
  walk: Walk,
  element: CompiledElement,
  path: readonly string[],
  file: string,
  written: WrittenFile,
  depth: number,
) => Promise<void>;

/** → whether it is a container of the declared type, perhaps a broken one. */
export async function inspectContainer(
  walk: Walk,
  container: OpenedContainer,
  inspectFile: InspectFile,
): Promise<boolean> {
  const { findings, budget, matcher } = walk;
  const names = new NameRegistry();
  const counts = new Map<number, number>();
  const paths: string[] = [];
  const before = walk.signTargets.length;
  const verifies = walk.openPgp.wants(container.element);
  const following = walk.following.notes();
  const notes = following ?? (verifies ? [] : null);
  let refusedEntries = 0;
  try {
    budget.checkDepth(container.depth);
    for await (const entry of container.container.open(container.source, budget)) {
      const collision =
        entry.issues.length > 0 || entry.path === '' ? null : names.add(entry.path, entry.type);
      const issues = collision === null ? entry.issues : [...entry.issues, collision];
      if (issues.length > 0) {
        refusedEntries += 1;
        findings.add(...issues.map((issue) => archiveFinding(issue, container.path, entry.offset ?? null)));
      } else if (entry.type === 'directory') {
        walk.tree.push({
          path: [...container.path, entry.path],
          type: 'directory',
          sizeBytes: 0,
          sha256: '',
        });
        // Reading an empty folder's content proves that nothing is hidden in it.
        await digestOf(entry.content);
      } else {
        paths.push(entry.path);
        const element = await inspectEntry(walk, container, entry, { notes, inspectFile });
        if (element !== null) counts.set(element.index, (counts.get(element.index) ?? 0) + 1);
      }
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    findings.add(archiveFinding(error, container.path));
    return error.code !== 'WRONG_FORMAT';
  }
  // Where entries were left out, counts would report files as missing that are there.
  if (refusedEntries > 0) return true;
  const { elements } = matcher;
  const { length } = container.path;
  if (verifies && notes !== null) findings.add(...(await walk.openPgp.judge(container.path, notes)));
  if (following !== null)
    findings.add(...(await walk.following.judge(container.path, following, walk.signTargets.slice(before))));
  findings.add(
    ...outputNameFindings({
      targets: walk.signTargets.slice(before).filter(({ path }) => path.length === length + 1),
      elements,
      names,
      nameBytesMax: budget.limits.nameBytesMax,
      locate: ({ pointer }) => walk.message.locations[pointer] ?? null,
    }),
  );
  findings.add(
    pass({
      rule: 'archive.structure',
      message: `The ${container.element.type} file is complete and unambiguous: ${paths.length} files, nothing before, between or after them.`,
      path: container.path,
    }),
    ...checkCounts({
      matcher,
      container: container.element.index,
      containerPath: container.path,
      locations: walk.message.locations,
      counts,
      paths,
      work: walk.hints.nearMisses,
    }),
  );
  return true;
}

async function inspectEntry(
  walk: Walk,
  container: OpenedContainer,
  entry: ContainerEntry,
  { notes, inspectFile }: { readonly notes: SeenFile[] | null; readonly inspectFile: InspectFile },
): Promise<CompiledElement | null> {
  const path = [...container.path, entry.path];
  const element = walk.matcher.matchEntry(container.element.index, entry.path);
  const file = walk.nested.newFile();
  if (element === null) {
    await refuseEntry(walk, container, entry, file);
    return null;
  }
  const { file: name, ...written } = isOnlyRead(element)
    ? await writeLeaf(walk.message.folder, file, entry.content)
    : { file, ...(await writeFile(join(walk.message.folder, file), entry.content)) };
  walk.tree.push({ path, type: 'file', ...written });
  notes?.push({ place: entry.path, file: name, element, ...written });
  await inspectFile(walk, element, path, name, written, container.depth + 1);
  return element;
}

/** What is signed, written anew or opened as a container is asked for by its own name later. */
const isOnlyRead = ({ sign, detached, follows, opened }: CompiledElement): boolean =>
  sign === null && detached === null && follows === null && !opened;

async function refuseEntry(
  walk: Walk,
  container: OpenedContainer,
  entry: ContainerEntry,
  file: string,
): Promise<void> {
  const path = [...container.path, entry.path];
  const context = {
    matcher: walk.matcher,
    container: container.element.index,
    containerPath: container.path,
    locations: walk.message.locations,
    work: walk.hints.nearMisses,
    pathInContainer: entry.path,
  };
  if (!walk.hints.mayOpen()) {
    walk.tree.push({ path, type: 'file', ...(await digestOf(entry.content)) });
    walk.findings.add(unexpectedEntry(context));
    return;
  }
  const place = join(walk.message.folder, file);
  walk.tree.push({ path, type: 'file', ...(await writeFile(place, entry.content)) });
  const inside = await withFile(place, (source) => hintAt(source, walk.message.limits, context));
  await unlink(place);
  walk.findings.add(unexpectedEntry({ ...context, inside }));
}
