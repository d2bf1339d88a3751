/** Documents collected file by file, until they are a snapshot. */
import type { CertificateSerial, CommitSha, PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import type { Kind } from '../generated/index.ts';
import type { KindValues } from './compile-schemas.ts';
import { diagnosticAt } from './diagnostic.ts';
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
import { parseRepositoryPath } from './repository-path.ts';
import type { RepositoryPath } from './repository-path.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

/** The bytes that a document was parsed from, so that an unchanged file needn't be parsed again. */
const bytesOf = new WeakMap<object, Uint8Array>();

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
export class SnapshotDraft {
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

export function isSame(before: Uint8Array | undefined, now: Uint8Array): boolean {
  return before !== undefined && (before === now || Buffer.compare(before, now) === 0);
}

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | null): void {
  if (value !== null) map.set(key, value);
}
