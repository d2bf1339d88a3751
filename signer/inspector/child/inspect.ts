/** Walks an artifact against its configuration: every byte hashed, every entry accounted for. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkCounts,
  compileConfiguration,
  unexpectedEntry,
  type ArtifactEntry,
  type ArtifactMatcher,
  type CompiledElement,
  type ContainerType,
} from '#core/artifact/index.ts';
import { pass } from '#core/wire/finding/index.ts';
import {
  ArchiveError,
  NameRegistry,
  UnpackBudget,
  archiveFinding,
  streamRange,
} from '#core/formats/archive/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import {
  artifactCopy,
  type InspectAnswer,
  type ContainerAnswer,
  type InsideAnswer,
  type InspectMessage,
  type LeafAnswer,
  type SignTargetAnswer,
} from '../messages.ts';
import { digestOf, withFile, writeFile, type WrittenFile } from './file-source.ts';
import { FindingList } from './findings.ts';
import { hintAt } from './hint-inside.ts';
import { inspectProgram } from '#core/formats/pe/inspect.ts';
import { lookInside, type Looking } from './look-inside.ts';
import { openContainer, type ContainerEntry } from './open-container.ts';

const hintsMax = 5;
const declaredAs = { zip: 'zip', tar: 'tar', 'tar.gz': 'gzip' } as const;

interface Walk {
  readonly message: InspectMessage;
  readonly matcher: ArtifactMatcher;
  readonly budget: UnpackBudget;
  readonly findings: FindingList;
  readonly tree: ArtifactEntry[];
  readonly leaves: LeafAnswer[];
  readonly containers: ContainerAnswer[];
  readonly inside: InsideAnswer[];
  readonly signTargets: SignTargetAnswer[];
  readonly looking: Looking;
  /** Files that nothing expects and that may still be opened, to say what is in them. */
  hintsLeft: number;
}

interface Container {
  readonly element: CompiledElement;
  readonly type: ContainerType;
  readonly path: readonly string[];
  readonly source: RandomAccessSource;
  readonly depth: number;
}

export async function inspect(message: InspectMessage): Promise<InspectAnswer> {
  const budget = new UnpackBudget(message.limits);
  const inside: InsideAnswer[] = [];
  let files = 0;
  const newFile = (): string => `${String((files += 1)).padStart(8, '0')}.leaf`;
  const walk: Walk = {
    message,
    matcher: compileConfiguration(message.configuration),
    budget,
    findings: new FindingList(),
    tree: [],
    leaves: [],
    containers: [],
    inside,
    signTargets: [],
    looking: { folder: message.folder, budget, inside, known: new Set(), newFile, givenUp: 0 },
    hintsLeft: hintsMax,
  };
  // Others may be able to change the artifact store. What is hashed has to be what is looked at, so both are
  // done on a copy in the signer's own folder.
  const sha512 = createHash('sha512');
  const copy = join(message.folder, artifactCopy);
  const written = await withFile(message.file, (source) => writeFile(copy, streamRange(source), sha512));
  await inspectFile(walk, walk.matcher.root, [], artifactCopy, written, 1);
  return {
    ...written,
    sha512: sha512.digest('hex'),
    unpackedSizeBytes: walk.budget.unpackedBytes,
    findings: walk.findings.all(),
    tree: walk.tree,
    leaves: walk.leaves,
    containers: walk.containers,
    inside: walk.inside,
    // Nothing of a refused artifact is ever offered for signing.
    signTargets: walk.findings.refused ? [] : walk.signTargets,
  };
}

/** `file` is the name in the request's folder. */
async function inspectFile(
  walk: Walk,
  element: CompiledElement,
  path: readonly string[],
  file: string,
  written: WrittenFile,
  depth: number,
): Promise<void> {
  const place = join(walk.message.folder, file);
  const { type } = element;
  if (type === 'pe' || type === 'file') {
    const policy = walk.message.locations[element.pointer] ?? null;
    const content = await lookInside(walk.looking, { file, path, depth });
    const inspected = await withFile(place, (source) =>
      inspectProgram(source, element, policy, path, written, content.formats),
    );
    walk.leaves.push({
      ...{ path, file, element: element.index, ...written },
      ...{ program: inspected.program, content },
    });
    walk.findings.add(...inspected.findings);
    if (inspected.target !== null) {
      walk.signTargets.push({ path, file, element: element.index, ...inspected.target });
    }
    return;
  }
  await withFile(place, (source) => inspectContainer(walk, { element, type, path, source, depth }));
  // A file may be more than what it is declared as, to a program that looks elsewhere in it.
  const content = await lookInside(walk.looking, { file, path, depth, declared: declaredAs[type] });
  walk.containers.push({ path, file, ...written, content });
}

async function inspectContainer(walk: Walk, container: Container): Promise<void> {
  const { findings, budget, matcher } = walk;
  const names = new NameRegistry();
  const counts = new Map<number, number>();
  const paths: string[] = [];
  let refusedEntries = 0;
  try {
    budget.checkDepth(container.depth);
    for await (const entry of openContainer(container.type, container.source, budget)) {
      const collision =
        entry.issues.length > 0 || entry.path === '' ? null : names.add(entry.path, entry.type);
      const issues = collision === null ? entry.issues : [...entry.issues, collision];
      if (issues.length > 0) {
        refusedEntries += 1;
        findings.add(...issues.map((issue) => archiveFinding(issue, container.path)));
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
        const element = await inspectEntry(walk, container, entry);
        if (element !== null) counts.set(element.index, (counts.get(element.index) ?? 0) + 1);
      }
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    findings.add(archiveFinding(error, container.path));
    return;
  }
  // Where entries were left out, counts would only blame the maintainer for files that are there.
  if (refusedEntries > 0) return;
  findings.add(
    pass({
      rule: 'archive.structure',
      message: `The ${container.type} file is complete and unambiguous: ${paths.length} files, nothing before, between or after them.`,
      path: container.path,
    }),
    ...checkCounts({
      matcher,
      container: container.element.index,
      containerPath: container.path,
      locations: walk.message.locations,
      counts,
      paths,
    }),
  );
}

async function inspectEntry(
  walk: Walk,
  container: Container,
  entry: ContainerEntry,
): Promise<CompiledElement | null> {
  const path = [...container.path, entry.path];
  const element = walk.matcher.matchEntry(container.element.index, entry.path);
  const file = walk.looking.newFile();
  if (element === null) {
    await refuseEntry(walk, container, entry, file);
    return null;
  }
  const written = await writeFile(join(walk.message.folder, file), entry.content);
  walk.tree.push({ path, type: 'file', ...written });
  await inspectFile(walk, element, path, file, written, container.depth + 1);
  return element;
}

async function refuseEntry(
  walk: Walk,
  container: Container,
  entry: ContainerEntry,
  file: string,
): Promise<void> {
  const path = [...container.path, entry.path];
  const context = {
    matcher: walk.matcher,
    container: container.element.index,
    containerPath: container.path,
    locations: walk.message.locations,
    pathInContainer: entry.path,
  };
  if (walk.hintsLeft === 0) {
    walk.tree.push({ path, type: 'file', ...(await digestOf(entry.content)) });
    walk.findings.add(unexpectedEntry(context));
    return;
  }
  walk.hintsLeft -= 1;
  const place = join(walk.message.folder, file);
  walk.tree.push({ path, type: 'file', ...(await writeFile(place, entry.content)) });
  const inside = await withFile(place, (source) => hintAt(source, walk.message.limits, context));
  await unlink(place);
  walk.findings.add(unexpectedEntry({ ...context, inside }));
}
