import type { CommitSha, PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import { checkPeople, checkTrustRoot } from './check-people.ts';
import { checkProject } from './check-project.ts';
import { diagnosticAt, diagnosticsMax, inOrder } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type {
  ArtifactConfigurationDocument,
  FoundationDocument,
  PersonDocument,
  ProjectDocument,
  SigningPolicyDocument,
  TrustRootDocument,
} from './document.ts';
import { parseDocumentOfKind } from './parse-policy-file.ts';
import type { ParsedFile } from './parse-policy-file.ts';
import { parseRepositoryPath } from './repository-path.ts';
import type { RepositoryPath } from './repository-path.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

export const snapshotFilesMax = 5000;
export const snapshotSizeBytesMax = 16 * 1024 * 1024;

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: PolicySnapshot }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * All files of the policy repository at one commit (path with `/` → bytes) → snapshot, or every reason why
 * there is none: an unknown path, a file that can't be read, a reference to nothing, a rule that two files
 * break together. One bad file is enough: half a policy is none.
 */
export function loadSnapshot(files: ReadonlyMap<string, Uint8Array>, commit: CommitSha): SnapshotResult {
  const tooMuch = checkSize(files);
  if (tooMuch !== null) return { ok: false, diagnostics: [tooMuch] };
  const draft = new SnapshotDraft();
  for (const path of [...files.keys()].sort()) {
    draft.add(path, files.get(path) ?? new Uint8Array());
    if (draft.diagnostics.length > diagnosticsMax) break;
  }
  const snapshot = draft.finish(commit);
  if (snapshot === null) return { ok: false, diagnostics: inOrder(draft.diagnostics) };
  const diagnostics = [
    ...checkPeople(snapshot),
    ...checkTrustRoot(snapshot),
    ...[...snapshot.projects.values()].flatMap((project) => checkProject(snapshot, project)),
  ];
  return diagnostics.length === 0 ? { ok: true, snapshot } : { ok: false, diagnostics: inOrder(diagnostics) };
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

interface ProjectDraft {
  project: ProjectDocument | null;
  /** A file of the project, to point at when project.yaml is missing. */
  readonly someFile: string;
  readonly policies: Map<PolicySlug, SigningPolicyDocument>;
  readonly artifacts: Map<PolicySlug, ArtifactConfigurationDocument>;
}

/** Gathers documents file by file; what is missing shows at the end. */
class SnapshotDraft {
  readonly diagnostics: Diagnostic[] = [];
  #foundation: FoundationDocument | null = null;
  #trustRoot: TrustRootDocument | null = null;
  readonly #people = new Map<PersonHandle, PersonDocument>();
  readonly #projects = new Map<ProjectSlug, ProjectDraft>();

  add(path: string, bytes: Uint8Array): void {
    const place = parseRepositoryPath(path);
    if (!place.ok) {
      const at = { file: path.slice(0, 300), line: 1, column: 1 };
      this.diagnostics.push(diagnosticAt(at, 'file.path', place.message, place.fix));
    } else if (place.path !== null) {
      this.#addFile({ path, bytes }, place.path);
    }
  }

  #addFile(file: { path: string; bytes: Uint8Array }, place: RepositoryPath): void {
    switch (place.kind) {
      case 'Foundation':
        this.#foundation = this.#take(parseDocumentOfKind(file, 'Foundation'));
        return;
      case 'TrustRoot':
        this.#trustRoot = this.#take(parseDocumentOfKind(file, 'TrustRoot'));
        return;
      case 'Person':
        put(this.#people, place.handle, this.#take(parseDocumentOfKind(file, 'Person')));
        return;
      case 'Project':
        this.#draftOf(place.project, file.path).project = this.#take(parseDocumentOfKind(file, 'Project'));
        return;
      case 'SigningPolicy': {
        const { policies } = this.#draftOf(place.project, file.path);
        put(policies, place.policy, this.#take(parseDocumentOfKind(file, 'SigningPolicy')));
        return;
      }
      case 'ArtifactConfiguration': {
        const { artifacts } = this.#draftOf(place.project, file.path);
        put(artifacts, place.name, this.#take(parseDocumentOfKind(file, 'ArtifactConfiguration')));
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

  #take<Document>(parsed: ParsedFile<Document>): Document | null {
    if (parsed.ok) return parsed.document;
    this.diagnostics.push(...parsed.diagnostics);
    return null;
  }

  /** null: something was wrong, and `diagnostics` says what. */
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
    };
  }

  #missing(path: string, file: string): void {
    const at = { file, line: 1, column: 1 };
    this.diagnostics.push(diagnosticAt(at, 'file.missing', `There is no ${path}.`, 'Add the file.'));
  }
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | null): void {
  if (value !== null) map.set(key, value);
}
