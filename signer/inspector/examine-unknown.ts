/**
 * A file that no configuration describes → what is in it, and a configuration that expects it. The inspector is asked again and again,
 * each time with a configuration that opens more: what it says decides what is opened next, and nothing else reads the file.
 */
import { compileConfiguration, elementAt } from '#core/artifact/index.ts';
import type { ArtifactConfiguration, SetBody } from '#core/generated/index.ts';
import { suggest, type Sample, type SampleFile, type Suggestion } from '#core/suggestion/index.ts';
import type { FormatType } from '#core/formats/format.ts';
import { failures } from '#core/wire/finding/index.ts';
import type { InspectedContainer, Inspection, Leaf } from './inspection.ts';
import type { Inspector } from './inspector.ts';

/** Containers in containers that are opened for what is in them. */
const depthMax = 3;
const openedMax = 20;
/** Rounds in which what can't be done is taken out of the suggestion. */
const correctionsMax = 3;

export interface UnknownFile {
  readonly file: string;
  readonly name: string;
  /** Names a folder of the inspector's for each round. */
  readonly folder: string;
  /** DER; null: whom to trust isn't known. */
  readonly upstreamRoots: readonly Uint8Array[] | null;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

export interface Examination {
  /** By the last configuration. */
  readonly configuration: ArtifactConfiguration;
  readonly inspection: Inspection;
  /** null: nothing in it is of a type that gets signed. */
  readonly suggestion: Suggestion | null;
  /** Of the release, where the suggestion asks for it. */
  readonly version: string | null;
}

/** What is opened, and as what. */
interface Opening {
  readonly type: FormatType;
  readonly inside: Map<string, Opening>;
}

export async function examineUnknown(
  inspector: Pick<Inspector, 'inspect' | 'discard'>,
  unknown: UnknownFile,
): Promise<Examination> {
  let round = 0;
  const inspect = async (configuration: ArtifactConfiguration): Promise<Inspection> => {
    round += 1;
    const folder = `${unknown.folder}-${round}`;
    const { file, upstreamRoots, now, signal } = unknown;
    try {
      const upstream = { roots: upstreamRoots ?? [], now };
      const options = signal === undefined ? {} : { signal };
      return await inspector.inspect({ file, folder, configuration, upstream, ...options });
    } finally {
      await inspector.discard(folder);
    }
  };
  const { inspection, configuration } = await openAll(inspect);
  return await correct(inspect, unknown, inspection, configuration);
}

type Inspect = (configuration: ArtifactConfiguration) => Promise<Inspection>;

async function openAll(inspect: Inspect) {
  const closed = configurationFor({ type: 'file' });
  const first = await inspect(closed);
  const type = containerTypeOf(first.leaves[0], first, []);
  if (type === null) return { inspection: first, configuration: closed };
  const root: Opening = { type, inside: new Map() };
  const shut = new Set<string>();
  for (let depth = 1; ; depth += 1) {
    let configuration = configurationFor(bodyOf(root));
    let inspection = await inspect(configuration);
    if (shutInstallers(root, inspection, shut)) {
      if (shut.has(keyOf([]))) return { inspection: first, configuration: closed };
      configuration = configurationFor(bodyOf(root));
      inspection = await inspect(configuration);
    }
    if (depth === depthMax || !openMore(root, inspection, shut)) return { inspection, configuration };
  }
}

/** Patches, installers with files beside them and others whose contents can't be listed are left closed. → whether there are any. */
function shutInstallers(root: Opening, inspection: Inspection, shut: Set<string>): boolean {
  const before = shut.size;
  for (const { rule, path } of failures(inspection.findings)) {
    if (!/^(?:archive|msi)[.]/.test(rule)) continue;
    const around = openingAt(root, path.slice(0, -1));
    const name = path.at(-1);
    const opening = name === undefined ? root : around?.inside.get(name);
    if (opening?.type !== 'msi') continue;
    shut.add(keyOf(path));
    if (name !== undefined) around?.inside.delete(name);
  }
  return shut.size > before;
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function openingAt(root: Opening, path: readonly string[]): Opening | undefined {
  let opening: Opening | undefined = root;
  for (const step of path) opening = opening?.inside.get(step);
  return opening;
}

const configurationFor = (root: SetBody): ArtifactConfiguration =>
  ({ apiVersion: 'countersign/v1', kind: 'ArtifactConfiguration', root }) as unknown as ArtifactConfiguration;

const everything = { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } } as const;

function bodyOf({ type, inside }: Opening): SetBody {
  const contents = [
    ...[...inside].map(([path, opening]) => ({
      path,
      matches: { min: 0, max: 'unbounded' },
      ...bodyOf(opening),
    })),
    everything,
  ];
  return { type, contents } as unknown as SetBody;
}

/** As what a file is opened; null: it is left closed, because it can't be opened or holds nothing that gets signed. */
function containerTypeOf(
  leaf: Leaf | undefined,
  inspection: Inspection,
  path: readonly string[],
): FormatType | null {
  if (leaf === undefined) return null;
  const holdsPrograms = inspection.inside.some(
    ({ within, detected }) =>
      (detected === 'pe' || detected === 'msi') && within.join('\n') === path.join('\n'),
  );
  if (leaf.facts !== null) {
    const { type, signed } = leaf.facts;
    // What an installer that is signed installs was finished before.
    const opens = type === 'nuget' || (type === 'msi' && !signed);
    return opens && holdsPrograms ? type : null;
  }
  const type = { zip: 'zip', tar: 'tar', gzip: 'tar.gz' }[leaf.content.detected as string] ?? null;
  return path.length === 0 || holdsPrograms ? (type as FormatType | null) : null;
}

/** → whether there is more to open. */
function openMore(root: Opening, inspection: Inspection, shut: ReadonlySet<string>): boolean {
  let opened = 0;
  for (const leaf of inspection.leaves) {
    const type = containerTypeOf(leaf, inspection, leaf.path);
    if (type === null || opened === openedMax || shut.has(keyOf(leaf.path))) continue;
    const around = openingAt(root, leaf.path.slice(0, -1));
    const name = leaf.path.at(-1) ?? '';
    if (around === undefined || around.inside.has(name)) continue;
    around.inside.set(name, { type, inside: new Map() });
    opened += 1;
  }
  return opened > 0;
}

/** Tries the suggestion out, and takes out of it what doesn't hold. */
async function correct(
  inspect: Inspect,
  unknown: UnknownFile,
  seen: Inspection,
  configuration: ArtifactConfiguration,
): Promise<Examination> {
  const failed = new Set<string>();
  let asksMetadata = true;
  for (let left = correctionsMax; ; left -= 1) {
    const suggestion = suggest(sampleOf(seen, configuration, unknown, failed), { asksMetadata });
    if (suggestion === null) return { configuration, inspection: seen, suggestion, version: null };
    const inspection = await inspect(suggestion.configuration);
    const refused = failures(inspection.findings);
    const before = failed.size;
    for (const { path } of refused) if (path.length > 0) failed.add(path.join('\n'));
    const isDone = refused.length === 0 || left === 0 || (failed.size === before && !asksMetadata);
    if (isDone) {
      const { configuration: tried, version } = suggestion;
      return { configuration: tried, inspection, suggestion, version };
    }
    asksMetadata &&= !refused.some(({ rule }) => rule.endsWith('.metadata'));
  }
}

function sampleOf(
  inspection: Inspection,
  configuration: ArtifactConfiguration,
  { name, upstreamRoots }: UnknownFile,
  failed: ReadonlySet<string>,
): Sample {
  const { elements } = compileConfiguration(configuration);
  const inside = new Map<string, (Leaf | InspectedContainer)[]>();
  for (const file of [...inspection.leaves, ...inspection.containers]) {
    const around = JSON.stringify(file.path.slice(0, -1));
    const known = inside.get(around);
    if (file.path.length === 0) continue;
    if (known === undefined) inside.set(around, [file]);
    else known.push(file);
  }
  const containers = new Set(inspection.containers);
  const sampleFile = (file: Leaf | InspectedContainer): SampleFile => {
    const path = file.path.at(-1) ?? '';
    const { content, facts } = file;
    const below = inside.get(JSON.stringify(file.path)) ?? [];
    return {
      path,
      name: path === '' ? name : path,
      detected: content.detected,
      facts,
      closed: content.closed.map(({ message }) => message),
      opened: containers.has(file)
        ? { type: elementAt(elements, file.element).type, files: below.map(sampleFile).toSorted(byPath) }
        : null,
      failed: failed.has(file.path.join('\n')),
    };
  };
  const root = [...inspection.leaves, ...inspection.containers].find(({ path }) => path.length === 0);
  if (root === undefined) throw new TypeError('every inspection has the artifact itself');
  return { name, sha256: inspection.sha256, root: sampleFile(root), verifies: upstreamRoots !== null };
}

const byPath = (one: SampleFile, other: SampleFile): number =>
  one.path === other.path ? 0 : one.path < other.path ? -1 : 1;
