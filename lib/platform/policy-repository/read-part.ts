/** A few projects of an accepted commit, with what their policies depend on: read and parsed without the rest of it. */
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import { loadPart } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { PolicyRepositoryError } from './git.ts';
import type { ObjectReader } from './object-reader.ts';
import { readFileAt, readFolder } from './walk-tree.ts';
import type { Folder } from './walk-tree.ts';

export interface AskedPart {
  readonly projects: readonly ProjectSlug[];
  /** Paths of more files; those that aren't there are left out. */
  readonly files?: readonly string[];
}

const filesMax = 5_000;
const depthMax = 3;

/**
 * foundation.yaml, trust/root.yaml, the projects (those that are there) and the approvers of their policies.
 * What is as in `previous` isn't parsed again. Rejects POLICY_INVALID where one of these files is none by itself.
 */
export async function readPart(
  reader: ObjectReader,
  commit: CommitSha,
  { projects, files: named = [] }: AskedPart,
  previous: PolicySnapshot | null,
): Promise<PolicySnapshot> {
  const files = new Map<string, Uint8Array>();
  const add = async (path: string): Promise<void> => {
    const bytes = files.has(path) ? null : await readFileAt(reader, commit, path);
    if (bytes !== null) files.set(path, bytes);
  };
  await Promise.all(['foundation.yaml', 'trust/root.yaml', ...named].map(add));
  for (const project of projects) await addFolder(reader, files, commit, `projects/${project}`);
  const part = parse(files, commit, previous);
  await Promise.all([...approversOf(part)].map((handle) => add(`people/${handle}.yaml`)));
  return parse(files, commit, { ...part, people: new Map([...(previous?.people ?? []), ...part.people]) });
}

async function addFolder(
  reader: ObjectReader,
  files: Map<string, Uint8Array>,
  commit: CommitSha,
  path: string,
): Promise<void> {
  const addAll = async (folder: Folder | null, inside: string, depth: number): Promise<void> => {
    if (depth > depthMax) return;
    await Promise.all(
      (folder?.items ?? []).map(async ({ name, isFolder, object }) => {
        const below = `${inside}/${name}`;
        if (isFolder) return addAll(await readFolder(reader, object), below, depth + 1);
        if (files.size >= filesMax) {
          throw new PolicyRepositoryError('TREE_UNACCEPTABLE', `${path} has more than ${filesMax} files`);
        }
        const blob = await reader.read(object);
        if (blob !== null) files.set(below, blob.bytes);
      }),
    );
  };
  await addAll(await readFolder(reader, `${commit}:${path}`), path, 1);
}

function parse(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null,
): PolicySnapshot {
  const loaded = loadPart(files, commit, previous);
  if (loaded.ok) return loaded.snapshot;
  const [first] = loaded.diagnostics;
  const reason = first === undefined ? 'not a policy' : `${first.file}:${first.line} ${first.message}`;
  throw new PolicyRepositoryError('POLICY_INVALID', `policy commit ${commit}: ${reason}`);
}

function approversOf(snapshot: PolicySnapshot): ReadonlySet<string> {
  const policies = [...snapshot.projects.values()].flatMap((project) => [...project.policies.values()]);
  return new Set(policies.flatMap((policy) => policy.value.approval.approvers));
}
