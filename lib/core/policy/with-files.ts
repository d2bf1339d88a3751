import type { PolicySlug, ProjectSlug } from '../ids/index.ts';
import { checkProject } from './check-project.ts';
import type { KindValues } from './compile-schemas.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicyDocument } from './document.ts';
import { parseDocumentOfKind } from './parse-policy-file.ts';
import { parseRepositoryPath } from './repository-path.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

type ProjectKind = 'Person' | 'Project' | 'SigningPolicy' | 'ArtifactConfiguration';

/**
 * The snapshot as it would be with these files of people and projects, each held against its schema and none against the others. For
 * working out what is worth proposing, never for decisions: the change is judged as a whole once it is proposed. Files of other kinds,
 * and ones that can't be read, change nothing.
 */
export function withFiles(
  snapshot: PolicySnapshot,
  files: readonly { readonly path: string; readonly content: string }[],
): PolicySnapshot {
  const people = new Map(snapshot.people);
  const projects = new Map(snapshot.projects);
  const change = (slug: ProjectSlug, parts: Partial<ProjectSnapshot>): void => {
    const known = projects.get(slug);
    const project = parts.project ?? known?.project;
    if (project === undefined) return;
    const { policies = new Map(), artifacts = new Map() } = { ...known, ...parts };
    projects.set(slug, { slug, project, policies, artifacts });
  };
  // project.yaml first: the others belong to a project that is there.
  for (const { path, content } of files.toSorted((one, other) => depthOf(one.path) - depthOf(other.path))) {
    const parsed = parseRepositoryPath(path);
    const place = parsed.ok ? parsed.path : null;
    const read = <K extends ProjectKind>(kind: K): PolicyDocument<KindValues[K]> | null => {
      const file = parseDocumentOfKind({ path, bytes: new TextEncoder().encode(content) }, kind);
      return file.ok ? file.document : null;
    };
    if (place?.kind === 'Person') put(people, place.handle, read('Person'));
    if (place?.kind === 'Project') {
      const project = read('Project');
      if (project !== null) change(place.project, { project });
    }
    if (place?.kind === 'SigningPolicy') {
      const policies = new Map(projects.get(place.project)?.policies);
      put(policies, place.policy, read('SigningPolicy'));
      change(place.project, { policies });
    }
    if (place?.kind === 'ArtifactConfiguration') {
      const artifacts = new Map(projects.get(place.project)?.artifacts);
      put(artifacts, place.name, read('ArtifactConfiguration'));
      change(place.project, { artifacts });
    }
  }
  return { ...snapshot, people, projects };
}

const depthOf = (path: string): number => path.split('/').length;

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | null): void {
  if (value !== null) map.set(key, value);
}

/** What speaks against one policy of a project, besides what speaks against the project without any. */
export function faultsOfPolicy(
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
  policy: PolicySlug,
): readonly Diagnostic[] {
  const document = project.policies.get(policy);
  if (document === undefined) return [];
  const textOf = ({ rule, message }: Diagnostic): string => `${rule} ${message}`;
  const before = new Set(checkProject(snapshot, { ...project, policies: new Map() }).map(textOf));
  const alone = checkProject(snapshot, { ...project, policies: new Map([[policy, document]]) });
  return alone.filter((diagnostic) => !before.has(textOf(diagnostic)));
}
