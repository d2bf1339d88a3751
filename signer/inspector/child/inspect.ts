/** Walks an artifact against its configuration: every byte hashed, every entry accounted for. */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkCounts,
  compileConfiguration,
  pinnedFindings,
  unexpectedEntry,
  type ArtifactEntry,
  type ArtifactMatcher,
  type CompiledElement,
} from '#core/artifact/index.ts';
import { failures, pass } from '#core/wire/finding/index.ts';
import {
  ArchiveError,
  NameRegistry,
  UnpackBudget,
  archiveFinding,
  streamRange,
} from '#core/formats/archive/index.ts';
import type { Container, ContainerEntry } from '#core/formats/container.ts';
import type { FileFacts, FileReport } from '#core/formats/format.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import type { UpstreamTrust } from '#core/formats/upstream-trust.ts';
import { formats } from '#core/formats/registry.ts';
import {
  artifactCopy,
  type Content,
  type InspectAnswer,
  type ContainerAnswer,
  type InsideAnswer,
  type InsidePlace,
  type InspectMessage,
  type LeafAnswer,
  type SignTargetAnswer,
  type UnpackedOutcome,
  type UnpackQuestion,
} from '../messages.ts';
import {
  digestOf,
  digestOfFile,
  rememberDigest,
  withFile,
  writeFile,
  type WrittenFile,
} from './file-source.ts';
import { FindingList } from './findings.ts';
import { existingSignatures } from './existing-signatures.ts';
import { Following, type SeenFile } from './following.ts';
import { hintAt } from './hint-inside.ts';
import { Hints } from './hints.ts';
import { newNestedContext, type NestedContext } from './nested-context.ts';
import { openNested } from './open-nested.ts';
import { changedBySigning, outputNameFindings } from './output-names.ts';
import { inspectPlainFile } from './plain-file.ts';
import { subjectAnswer } from './sign-file.ts';
import { openUpstreamTrust } from './upstream-trust.ts';
import { Vouching } from './vouching.ts';

interface Walk {
  readonly message: InspectMessage;
  readonly matcher: ArtifactMatcher;
  readonly budget: UnpackBudget;
  readonly findings: FindingList;
  readonly tree: ArtifactEntry[];
  readonly leaves: LeafAnswer[];
  readonly containers: ContainerAnswer[];
  readonly inside: InsideAnswer[];
  readonly copies: InsidePlace[];
  readonly signTargets: SignTargetAnswer[];
  readonly nested: NestedContext;
  readonly vouching: Vouching;
  readonly following: Following;
  readonly upstream: UpstreamTrust | null;
  readonly hints: Hints;
}

interface OpenedContainer {
  readonly element: CompiledElement;
  readonly container: Container;
  readonly path: readonly string[];
  readonly source: RandomAccessSource;
  readonly depth: number;
}

export async function inspect(
  message: InspectMessage,
  askToUnpack: (question: UnpackQuestion) => Promise<UnpackedOutcome>,
): Promise<InspectAnswer> {
  const budget = new UnpackBudget(message.limits);
  const inside: InsideAnswer[] = [];
  const copies: InsidePlace[] = [];
  let files = 0;
  const newFile = (): string => `${String((files += 1)).padStart(8, '0')}.leaf`;
  const matcher = compileConfiguration(message.configuration);
  const upstream = trustIn(message);
  const elsewhere = { here: message.unpackers, ask: askToUnpack };
  const walk: Walk = {
    message,
    matcher,
    vouching: new Vouching(matcher.elements),
    following: new Following({
      folder: message.folder,
      elements: matcher.elements,
      locate: ({ pointer }) => message.locations[pointer] ?? null,
    }),
    upstream,
    budget,
    findings: new FindingList(),
    tree: [],
    leaves: [],
    containers: [],
    inside,
    copies,
    signTargets: [],
    nested: newNestedContext({
      folder: message.folder,
      budget,
      inside,
      copies,
      newFile,
      elsewhere,
      upstream,
    }),
    hints: new Hints(),
  };
  // Others may be able to change the artifact store. The hashed bytes have to be the inspected ones, so both are done
  // on a copy in the signer's own folder: the one that the signer made itself, where it says so.
  const copy = join(message.folder, artifactCopy);
  if (message.isCopied && message.digest !== null) await rememberDigest(copy, message.digest);
  const written = message.isCopied
    ? await digestOfFile(copy)
    : await withFile(message.file, (source) => writeFile(copy, streamRange(source)));
  await inspectFile(walk, walk.matcher.root, [], artifactCopy, written, 1);
  const changed = [...changedBySigning(walk.signTargets, matcher.elements), ...walk.following.answers];
  walk.findings.add(...walk.vouching.findings(changed));
  walk.findings.add(...(await walk.following.judgeElsewhere(changed, [...walk.leaves, ...walk.containers])));
  return {
    ...written,
    unpackedSizeBytes: walk.budget.unpackedBytes,
    findings: walk.findings.all(),
    tree: walk.tree,
    leaves: walk.leaves,
    containers: walk.containers,
    inside: walk.inside,
    copies: walk.copies,
    // Nothing of a refused artifact is ever offered for signing.
    signTargets: walk.findings.refused ? [] : walk.signTargets,
    follows: walk.findings.refused ? [] : walk.following.answers,
  };
}

function trustIn({ upstream }: InspectMessage): UpstreamTrust | null {
  if (upstream === null) return null;
  const roots = upstream.roots.map((root) => Uint8Array.from(Buffer.from(root, 'base64')));
  return openUpstreamTrust(roots, new Date(upstream.now));
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
  const { container } = formats[element.type];
  if (container === null || !element.opened) {
    const content = await openNested(walk.nested, {
      file,
      path,
      depth,
      namesPrograms: namesPrograms(element),
    });
    const itself = await inspectItself(walk, element, path, file, written, content);
    walk.leaves.push({ path, file, element: element.index, ...written, ...itself, content });
    return;
  }
  const before = walk.signTargets.length;
  await withFile(place, async (source) => {
    const isOne = await inspectContainer(walk, { element, container, path, source, depth });
    const policy = walk.message.locations[element.pointer] ?? null;
    if (!isOne)
      walk.findings.add(...(await walk.hints.onType(source, element, { path, policy, ...written })));
  });
  // A file may be more than its declared type, to a program that reads it differently.
  const content = await openNested(walk.nested, {
    file,
    path,
    depth,
    declared: container.recognisedAs,
    namesPrograms: namesPrograms(element),
  });
  const changes = walk.signTargets.length > before;
  const itself = await inspectItself(walk, element, path, file, written, content, changes);
  walk.containers.push({ path, file, element: element.index, ...written, ...itself, content });
}

interface Itself {
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
}

/** Types whose files install programs: those inside are named, with what is known of their signatures. */
const namesPrograms = ({ type }: CompiledElement): boolean =>
  type === 'pe' || type === 'msi' || type === 'cab';

/** What is asked of the file as one of its format, whether or not it was opened. `changes`: something inside gets signed first. */
async function inspectItself(
  walk: Walk,
  element: CompiledElement,
  path: readonly string[],
  file: string,
  written: WrittenFile,
  content: Content,
  changes = false,
): Promise<Itself> {
  const { sign, check, type } = element;
  const policy = walk.message.locations[element.pointer] ?? null;
  const { digestsWanted } = walk.vouching;
  const upstream =
    walk.upstream === null ? null : { ...walk.upstream, signers: element.upstream?.signers ?? null };
  const context = {
    sign,
    check,
    policy,
    path,
    ...written,
    carries: content.formats,
    digestsWanted,
    upstream,
  };
  const inspected = await withFile(join(walk.message.folder, file), async (source) => {
    const report: FileReport =
      type === 'file'
        ? await inspectPlainFile(source, context)
        : await formats[type].inspect(source, context);
    walk.findings.add(...report.findings, ...pinnedFindings(element, { path, policy, ...written }));
    if (type !== 'file' && report.facts === null && failures(report.findings).length > 0)
      walk.findings.add(...(await walk.hints.onType(source, element, context)));
    const signatures = await existingSignatures(source, report, { path, verifies: element.verifies });
    return { report, signatures, ambiguous: await walk.vouching.isAmbiguous(source) };
  });
  const { report, signatures, ambiguous } = inspected;
  const { facts } = report;
  walk.vouching.add({ path, declared: type, ...written, report, policy, ambiguous });
  if (sign === null || report.target === null) return { facts, signatures };
  const { kind, subject } = report.target;
  const { sha256: unsignedSha256, sizeBytes } = written;
  walk.signTargets.push({
    path,
    file,
    element: element.index,
    unsignedSha256,
    sizeBytes,
    kind,
    subject: subject === null || changes || element.follows !== null ? null : subjectAnswer(subject),
  });
  return { facts, signatures };
}

/** → whether it is a container of the declared type, perhaps a broken one. */
async function inspectContainer(walk: Walk, container: OpenedContainer): Promise<boolean> {
  const { findings, budget, matcher } = walk;
  const names = new NameRegistry();
  const counts = new Map<number, number>();
  const paths: string[] = [];
  const before = walk.signTargets.length;
  const notes = walk.following.notesOf(container.element);
  let refusedEntries = 0;
  try {
    budget.checkDepth(container.depth);
    for await (const entry of container.container.open(container.source, budget)) {
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
        const element = await inspectEntry(walk, container, entry, notes);
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
  if (notes !== null)
    findings.add(...(await walk.following.judge(container.path, notes, walk.signTargets.slice(before))));
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
  notes: SeenFile[] | null,
): Promise<CompiledElement | null> {
  const path = [...container.path, entry.path];
  const element = walk.matcher.matchEntry(container.element.index, entry.path);
  const file = walk.nested.newFile();
  if (element === null) {
    await refuseEntry(walk, container, entry, file);
    return null;
  }
  const written = await writeFile(join(walk.message.folder, file), entry.content);
  walk.tree.push({ path, type: 'file', ...written });
  notes?.push({ place: entry.path, file, element, ...written });
  await inspectFile(walk, element, path, file, written, container.depth + 1);
  return element;
}

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
