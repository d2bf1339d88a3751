/**
 * A snapshot out of an earlier one and the files that differ: a commit to one project of a hundred thousand costs that project. What is
 * made this way equals what all files give, in the order of its maps too; where it can't be made, all files are gone through.
 */
import type { CertificateSerial, CommitSha, PersonHandle, ProjectSlug } from '../ids/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { LookedUp } from './looked-up-people.ts';
import { parseRepositoryPath } from './repository-path.ts';
import { isSame, SnapshotDraft } from './snapshot-draft.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

/** What checking the projects found. */
export interface CheckedProjects {
  readonly refused: ReadonlyMap<ProjectSlug, readonly Diagnostic[]>;
  /** Of each project, whom its check asked for. */
  readonly lookedUp: ReadonlyMap<ProjectSlug, LookedUp>;
}

interface Known extends CheckedProjects {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ChangedPart {
  readonly snapshot: PolicySnapshot;
  readonly known: Known;
  /** Whose files differ. */
  readonly projects: ReadonlySet<ProjectSlug>;
  readonly people: ReadonlySet<PersonHandle>;
}

const knownOf = new WeakMap<PolicySnapshot, Known>();

/** Of a snapshot that was checked as a whole. */
export function remember(snapshot: PolicySnapshot, known: Known): void {
  knownOf.set(snapshot, known);
}

/** The files that a snapshot was made of; null: it was made of a part, or of other snapshots. */
export function loadedFrom(snapshot: PolicySnapshot): ReadonlyMap<string, Uint8Array> | null {
  return knownOf.get(snapshot)?.files ?? null;
}

/** More than that, and going through all is as fast. */
const changedFilesMax = 2_000;

/**
 * null: what `previous` was made of isn't known, too much changed, something that all projects depend on did, or a changed file is wrong.
 */
export function loadChanged(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot,
): ChangedPart | null {
  const known = knownOf.get(previous);
  const paths = known === undefined ? null : differing(known.files, files);
  if (known === undefined || paths === null) return null;
  const projects = new Set<ProjectSlug>();
  const people = new Set<PersonHandle>();
  const serials = new Set<CertificateSerial>();
  for (const path of paths) {
    const place = parseRepositoryPath(path);
    if (!place.ok) return null;
    if (place.path === null) continue;
    if (place.path.kind === 'Foundation' || place.path.kind === 'TrustRoot') return null;
    if (place.path.kind === 'Person') people.add(place.path.handle);
    else if (place.path.kind === 'Revocation') serials.add(place.path.serial);
    else projects.add(place.path.project);
  }
  const part = partOf(files, paths, previous, projects);
  const read = part.finish(commit);
  if (read === null) return null;
  const snapshot = {
    ...previous,
    commit,
    people: merged(previous.people, read.people, people, (handle) => `${handle}.yaml`),
    // A file beside its policies' folder comes after it: the order is that of the paths.
    projects: merged(previous.projects, read.projects, projects, (slug) => `${slug}/`),
    revocations: merged(previous.revocations, read.revocations, serials, (serial) => `${serial}.yaml`),
    refused: new Map(),
  };
  return { snapshot, known, projects, people };
}

/** The changed files with all others of their projects, of which those that are the same aren't parsed, and what makes a snapshot whole. */
function partOf(
  files: ReadonlyMap<string, Uint8Array>,
  changed: ReadonlySet<string>,
  previous: PolicySnapshot,
  projects: ReadonlySet<ProjectSlug>,
): SnapshotDraft {
  const { foundation, trustRoot } = previous;
  const shared = [foundation.file, trustRoot.file];
  const others = [...projects].flatMap((slug) => filesOf(previous.projects.get(slug)));
  const draft = new SnapshotDraft(previous);
  for (const path of [...new Set([...shared, ...others, ...changed])].sort()) {
    const bytes = files.get(path);
    if (bytes !== undefined) draft.add(path, bytes);
  }
  return draft;
}

function filesOf(project: ProjectSnapshot | undefined): readonly string[] {
  if (project === undefined) return [];
  const { policies, artifacts } = project;
  return [project.project, ...policies.values(), ...artifacts.values()].map(({ file }) => file);
}

/** `asked`: those of `before` that are in `now`, or gone. In the order of their paths, as all files would be read. */
function merged<Name extends string, Value>(
  before: ReadonlyMap<Name, Value>,
  now: ReadonlyMap<Name, Value>,
  asked: ReadonlySet<Name>,
  pathOf: (name: Name) => string,
): ReadonlyMap<Name, Value> {
  if (asked.size === 0) return before;
  const map = new Map(before);
  let isNew = false;
  for (const name of asked) {
    const value = now.get(name);
    isNew ||= value !== undefined && !map.has(name);
    if (value === undefined) map.delete(name);
    else map.set(name, value);
  }
  if (!isNew) return map;
  const placed = Array.from(map, ([name, value]) => ({ name, value, path: pathOf(name) }));
  placed.sort((one, other) => (one.path < other.path ? -1 : 1));
  return new Map(placed.map(({ name, value }) => [name, value]));
}

/** null: too many. */
function differing(
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): ReadonlySet<string> | null {
  const paths = new Set<string>();
  let kept = 0;
  for (const [path, bytes] of after) {
    const known = before.get(path);
    if (known !== undefined) kept += 1;
    if (isSame(known, bytes)) continue;
    paths.add(path);
    if (paths.size > changedFilesMax) return null;
  }
  if (kept === before.size) return paths;
  for (const path of before.keys()) {
    if (!after.has(path)) paths.add(path);
    if (paths.size > changedFilesMax) return null;
  }
  return paths;
}

/** Those that changed, those that were refused, and those that asked for somebody who changed; in the snapshot's order. */
export function projectsToCheck(
  { projects }: PolicySnapshot,
  { known, projects: changed, people }: ChangedPart,
): readonly ProjectSlug[] {
  const asked = new Set<ProjectSlug>([...changed, ...known.refused.keys()]);
  if (people.size > 0) {
    for (const [slug, handles] of known.lookedUp)
      if (handles === 'everybody' || handles.some((handle) => people.has(handle))) asked.add(slug);
  }
  return [...asked]
    .filter((slug) => !projects.has(slug))
    .concat([...projects.keys()].filter((slug) => asked.has(slug)));
}
