import type { CertificateSerial, CommitSha, PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import { checkPeople, checkTrustRoot } from './check-people.ts';
import { checkRevocations } from './check-revocations.ts';
import { checkProject } from './check-project.ts';
import { checkFreshness } from './freshness.ts';
import { diagnosticAt, diagnosticsMax, inOrder } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type {
  ArtifactConfigurationDocument,
  FoundationDocument,
  PersonDocument,
  PolicyDocument,
  ProjectDocument,
  RevocationDocument,
  SigningPolicyDocument,
  TrustRootDocument,
} from './document.ts';
import { parseDocumentOfKind } from './parse-policy-file.ts';
import type { KindValues } from './compile-schemas.ts';
import type { Kind } from '../generated/index.ts';
import { parseRepositoryPath } from './repository-path.ts';
import type { RepositoryPath } from './repository-path.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

/** Room for 10,000 projects with five files each, and their people. */
export const snapshotFilesMax = 80_000;
export const snapshotSizeBytesMax = 96 * 1024 * 1024;

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: PolicySnapshot }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The bytes that a document was parsed from, so that an unchanged file needn't be parsed again. */
const bytesOf = new WeakMap<object, Uint8Array>();

/**
 * All files of the policy repository at one commit (path with `/` → bytes) → snapshot, or every reason why there is
 * none: an unknown path, an unreadable file, a dangling reference, a rule broken across files. One bad file suffices:
 * half a policy is none.
 *
 * `previous` is any earlier answer: documents of files that are byte for byte the same are taken from it, and
 * the answer is the same as without. The caller leaves the bytes alone afterwards.
 */
export function loadSnapshot(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  return finished(loadSnapshotInSteps(files, commit, previous));
}

/**
 * A commit that an earlier version may have accepted: a project whose files break rules of today is refused by itself, and the others stay
 * as they are. What the foundation’s own files break, and what no longer reads as a policy at all, still is none.
 */
export function loadAccepted(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  return finished(loadSnapshotInSteps(files, commit, previous, 'accepted'));
}

/**
 * The same, a file or a project at a time: thousands take seconds, and a process that serves requests can do so
 * between two steps. The last step's value is the result.
 */
export function* loadSnapshotInSteps(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
  standing: 'new' | 'accepted' = 'new',
): LoadingSteps {
  const loaded = yield* loadPartInSteps(files, commit, previous);
  if (!loaded.ok) return loaded;
  const { snapshot } = loaded;
  const shared = yield* checkShared(snapshot);
  const refused = yield* checkProjects(snapshot, diagnosticsMax - shared.length, standing);
  const tolerated = standing === 'accepted' ? [] : [...refused.values()].flat();
  const diagnostics = [...shared, ...tolerated];
  if (diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) };
  return { ok: true, snapshot: { ...snapshot, refused } };
}

export type LoadingSteps = Generator<undefined, SnapshotResult>;

function finished(steps: LoadingSteps): SnapshotResult {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Some files of a commit that was accepted as a whole, foundation.yaml and trust/root.yaml among them → what they say, each
 * file held against its schema and none against the others. For display of past policies only, never for decisions.
 */
export function loadPart(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  return finished(loadPartInSteps(files, commit, previous));
}

function* loadPartInSteps(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null,
): LoadingSteps {
  const tooMuch = checkSize(files);
  if (tooMuch !== null) return { ok: false, diagnostics: [tooMuch] };
  const draft = new SnapshotDraft(previous);
  for (const path of [...files.keys()].sort()) {
    draft.add(path, files.get(path) ?? new Uint8Array());
    if (draft.diagnostics.length > diagnosticsMax) break;
    yield;
  }
  const snapshot = draft.finish(commit);
  return snapshot === null ? { ok: false, diagnostics: inOrder(draft.diagnostics) } : { ok: true, snapshot };
}

/** What all projects depend on. */
function* checkShared(snapshot: PolicySnapshot): Generator<undefined, readonly Diagnostic[]> {
  return [
    ...(yield* checkPeople(snapshot)),
    ...checkTrustRoot(snapshot),
    ...checkRevocations(snapshot),
    ...checkFreshness(snapshot),
  ];
}

/** Each against its own files and the foundation’s; of a new commit, stops after enough diagnostics, so that bad input stays cheap. */
function* checkProjects(
  snapshot: PolicySnapshot,
  most: number,
  standing: 'new' | 'accepted',
): Generator<undefined, ReadonlyMap<ProjectSlug, readonly Diagnostic[]>> {
  const refused = new Map<ProjectSlug, readonly Diagnostic[]>();
  let count = 0;
  for (const [slug, project] of snapshot.projects) {
    if (standing === 'new' && count > most) break;
    const found = checkProject(snapshot, project);
    if (found.length > 0) refused.set(slug, found);
    count += found.length;
    yield;
  }
  return refused;
}

function checkSize(files: ReadonlyMap<string, Uint8Array>): Diagnostic | null {
  const at = { file: '.', line: 1, column: 1 };
  if (files.size > snapshotFilesMax) {
    const message = `The repository has ${files.size} files; at most ${snapshotFilesMax} are read.`;
    return diagnosticAt(at, 'file.count', message, 'Remove files that are no longer needed.');
  }
  let total = 0;
  for (const bytes of files.values()) total += bytes.length;
  if (total <= snapshotSizeBytesMax) return null;
  const message = `The repository has ${total} bytes; at most ${snapshotSizeBytesMax} are read.`;
  return diagnosticAt(at, 'file.size', message, 'Remove files that are no longer needed.');
}

interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface ProjectDraft {
  project: ProjectDocument | null;
  /** Any file of the project, for diagnostics when project.yaml is missing. */
  readonly someFile: string;
  readonly policies: Map<PolicySlug, SigningPolicyDocument>;
  readonly artifacts: Map<PolicySlug, ArtifactConfigurationDocument>;
}

/** Collects documents file by file; missing ones are detected at the end. */
class SnapshotDraft {
  readonly diagnostics: Diagnostic[] = [];
  readonly #previous: PolicySnapshot | null;
  #foundation: FoundationDocument | null = null;
  #trustRoot: TrustRootDocument | null = null;
  readonly #people = new Map<PersonHandle, PersonDocument>();
  readonly #revocations = new Map<CertificateSerial, RevocationDocument>();
  readonly #projects = new Map<ProjectSlug, ProjectDraft>();

  constructor(previous: PolicySnapshot | null) {
    this.#previous = previous;
  }

  add(path: string, bytes: Uint8Array): void {
    const place = parseRepositoryPath(path);
    if (!place.ok) {
      const at = { file: path.slice(0, 300), line: 1, column: 1 };
      this.diagnostics.push(diagnosticAt(at, 'file.path', place.message, place.fix));
    } else if (place.path !== null) {
      this.#addFile({ path, bytes }, place.path);
    }
  }

  #addFile(file: SourceFile, place: RepositoryPath): void {
    const before = this.#previous;
    switch (place.kind) {
      case 'Foundation':
        this.#foundation = this.#take(file, before?.foundation, 'Foundation');
        return;
      case 'TrustRoot':
        this.#trustRoot = this.#take(file, before?.trustRoot, 'TrustRoot');
        return;
      case 'Person':
        put(this.#people, place.handle, this.#take(file, before?.people.get(place.handle), 'Person'));
        return;
      case 'Revocation': {
        const known = before?.revocations.get(place.serial);
        put(this.#revocations, place.serial, this.#take(file, known, 'Revocation'));
        return;
      }
      case 'Project': {
        const known = before?.projects.get(place.project)?.project;
        this.#draftOf(place.project, file.path).project = this.#take(file, known, 'Project');
        return;
      }
      case 'SigningPolicy': {
        const { policies } = this.#draftOf(place.project, file.path);
        const known = before?.projects.get(place.project)?.policies.get(place.policy);
        put(policies, place.policy, this.#take(file, known, 'SigningPolicy'));
        return;
      }
      case 'ArtifactConfiguration': {
        const { artifacts } = this.#draftOf(place.project, file.path);
        const known = before?.projects.get(place.project)?.artifacts.get(place.name);
        put(artifacts, place.name, this.#take(file, known, 'ArtifactConfiguration'));
      }
    }
  }

  #draftOf(slug: ProjectSlug, someFile: string): ProjectDraft {
    const known = this.#projects.get(slug);
    if (known !== undefined) return known;
    const draft = { project: null, someFile, policies: new Map(), artifacts: new Map() };
    this.#projects.set(slug, draft);
    return draft;
  }

  #take<K extends Kind>(
    file: SourceFile,
    known: PolicyDocument<KindValues[K]> | undefined,
    kind: K,
  ): PolicyDocument<KindValues[K]> | null {
    if (known !== undefined && isSame(bytesOf.get(known), file.bytes)) return known;
    const parsed = parseDocumentOfKind(file, kind);
    if (parsed.ok) {
      bytesOf.set(parsed.document, file.bytes);
      return parsed.document;
    }
    this.diagnostics.push(...parsed.diagnostics);
    return null;
  }

  /** null: there were problems, in `diagnostics`. */
  finish(commit: CommitSha): PolicySnapshot | null {
    if (this.diagnostics.length > 0) return null;
    const projects = new Map<ProjectSlug, ProjectSnapshot>();
    for (const [slug, { project, policies, artifacts, someFile }] of this.#projects) {
      if (project === null) this.#missing(`projects/${slug}/project.yaml`, someFile);
      else projects.set(slug, { slug, project, policies, artifacts });
    }
    if (this.#foundation === null) this.#missing('foundation.yaml', 'foundation.yaml');
    if (this.#trustRoot === null) this.#missing('trust/root.yaml', 'trust/root.yaml');
    if (this.diagnostics.length > 0 || this.#foundation === null || this.#trustRoot === null) return null;
    return {
      commit,
      foundation: this.#foundation,
      trustRoot: this.#trustRoot,
      people: this.#people,
      projects,
      refused: new Map(),
      revocations: this.#revocations,
    };
  }

  #missing(path: string, file: string): void {
    const at = { file, line: 1, column: 1 };
    this.diagnostics.push(diagnosticAt(at, 'file.missing', `There is no ${path}.`, 'Add the file.'));
  }
}

function isSame(before: Uint8Array | undefined, now: Uint8Array): boolean {
  return before !== undefined && (before === now || Buffer.compare(before, now) === 0);
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | null): void {
  if (value !== null) map.set(key, value);
}
