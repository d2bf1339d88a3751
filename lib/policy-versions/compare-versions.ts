/**
 * Two accepted commits → what changed, project by project. The same result as `planChange` of their whole snapshots, but only
 * from the files that differ and those that depend on them: a commit that touches two projects of 3,000 costs what two projects cost.
 */
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import { parseRepositoryPath } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { affectedPolicies, compareSnapshots } from '#core/policy/plan/index.ts';
import type { AffectedPolicy, Change } from '#core/policy/plan/index.ts';
import type { ChangedFile } from '../platform/policy-repository/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { Tally } from './summary.ts';
import type { Details } from './summary.ts';

type Policies = Portal['policies'];

export interface ProjectDetails extends Details {
  readonly project: ProjectSlug;
  readonly fileCount: number;
}

/** As many as a policy repository may have, before and after. */
const filesMax = 160_000;
const foldersMax = 80_000;
const filesOfProjectMax = 5_000;
/** Files of the foundation that are parsed without a pause. */
const sharedAtOnce = 20;

/** null: it has more files than a policy repository may have. */
export async function compareVersions(
  policies: Policies,
  between: { readonly before: CommitSha; readonly after: CommitSha },
  work: {
    /** Called between pieces of some milliseconds. */
    pause(): Promise<void>;
    /** What became known of a project whose files changed. */
    tell(project: ProjectDetails): Promise<void>;
  },
): Promise<(Details & { readonly fileCount: number }) | null> {
  const changed = await policies.changedFiles({ ...between, inside: null, filesMax, foldersMax });
  if (!changed.complete) return null;
  const tally = new Tally();
  const comparison = new Comparison(policies, between);
  const shared: Change[] = [];
  for (const paths of inParts(sharedFiles(changed.files))) {
    const found = await comparison.ofShared(paths);
    shared.push(...found);
    tally.add(found, []);
    await work.pause();
  }
  const fileCounts = countByProject(changed.files);
  const touches = await touchedBy(policies, between.after, shared);
  for (const project of await projectsInOrder(policies, between)) {
    const fileCount = fileCounts.get(project) ?? 0;
    // Of a project whose own files are the same only sentences are shown, as long as there is room for them.
    if (fileCount === 0 && (tally.hasAllSentences || !(await touches(project)))) continue;
    const { changes, affected } = await comparison.ofProject(project, shared);
    tally.add(changes, affected);
    if (fileCount > 0) {
      const own = new Tally();
      own.add(changes, affected);
      await work.tell({ ...own.details, project, fileCount });
    }
    await work.pause();
  }
  return { ...tally.details, fileCount: changed.files.length };
}

/** Snapshots of a few files of both commits; what the two share is parsed once. */
class Comparison {
  readonly #policies: Policies;
  readonly #commits: { readonly before: CommitSha; readonly after: CommitSha };
  #base: PolicySnapshot | null = null;
  #head: PolicySnapshot | null = null;

  constructor(policies: Policies, commits: { readonly before: CommitSha; readonly after: CommitSha }) {
    this.#policies = policies;
    this.#commits = commits;
  }

  async #parts(
    asked: Parameters<Policies['partAt']>[1],
  ): Promise<[base: PolicySnapshot, head: PolicySnapshot]> {
    const { before, after } = this.#commits;
    const base = await this.#policies.partAt(before, asked, this.#base ?? undefined);
    const known =
      this.#head === null
        ? base
        : { ...base, foundation: this.#head.foundation, trustRoot: this.#head.trustRoot };
    const head = await this.#policies.partAt(after, asked, known);
    [this.#base, this.#head] = [base, head];
    return [base, head];
  }

  /** Of files that belong to no project. */
  async ofShared(files: readonly string[]): Promise<readonly Change[]> {
    const changes = compareSnapshots(...(await this.#parts({ projects: [], files })));
    // The foundation and the trust root are in every part.
    return changes.filter((change) => files.includes(change.file));
  }

  async ofProject(
    project: ProjectSlug,
    shared: readonly Change[],
  ): Promise<{ readonly changes: readonly Change[]; readonly affected: readonly AffectedPolicy[] }> {
    const [base, head] = await this.#parts({ projects: [project] });
    const changes = compareSnapshots(base, head).filter((snapshot) => snapshot.project !== null);
    return { changes, affected: affectedPolicies(base, head, [...shared.slice(0, 1), ...changes]).policies };
  }
}

/** In the order in which snapshots are compared: the foundation, people, revocations; what is new behind what was there. */
function sharedFiles(files: readonly ChangedFile[]): readonly string[] {
  const place = ({ path, before }: ChangedFile): number => {
    const found = parseRepositoryPath(path);
    const kind = found.ok ? found.path?.kind : undefined;
    if (kind === 'Foundation') return 0;
    if (kind === 'TrustRoot') return 1;
    if (kind === 'Person') return before === null ? 3 : 2;
    if (kind === 'Revocation') return before === null ? 5 : 4;
    return -1;
  };
  return files
    .map((file) => ({ path: file.path, place: place(file) }))
    .filter((file) => file.place >= 0)
    .toSorted((a, b) => a.place - b.place)
    .map((file) => file.path);
}

function* inParts(paths: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < paths.length; at += sharedAtOnce) yield paths.slice(at, at + sharedAtOnce);
}

function countByProject(files: readonly ChangedFile[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const slug = /^projects\/([^/]+)\//.exec(path)?.[1];
    if (slug !== undefined) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  }
  return counts;
}

async function projectsInOrder(
  policies: Policies,
  { before, after }: { readonly before: CommitSha; readonly after: CommitSha },
): Promise<ReadonlySet<ProjectSlug>> {
  const [earlier, later] = await Promise.all([policies.projectsAt(before), policies.projectsAt(after)]);
  return new Set([...earlier.keys(), ...later.keys()]);
}

/**
 * Which projects may have changed policies although their own files are the same. Foundation and trust root decide for all;
 * a person for the policies that name it as an approver; revocations for none. A person who came or went is named by no
 * file that stayed: the whole repository was checked when it was accepted.
 */
async function touchedBy(
  policies: Policies,
  commit: CommitSha,
  shared: readonly Change[],
): Promise<(project: ProjectSlug) => Promise<boolean>> {
  if (shared.some(({ kind }) => kind === 'Foundation' || kind === 'TrustRoot')) return async () => true;
  const handles = [
    ...new Set(
      shared.flatMap(({ kind, field, file }) => (kind === 'Person' && field !== '' ? [handleIn(file)] : [])),
    ),
  ];
  if (handles.length === 0) return async () => false;
  return async (project) => {
    const asked = {
      before: null,
      after: commit,
      inside: project,
      filesMax: filesOfProjectMax,
      foldersMax: 10,
    };
    for (const { path, after } of (await policies.changedFiles(asked)).files) {
      if (after === null || !path.includes('/policies/')) continue;
      const text = Buffer.from(await policies.blob(after)).toString('latin1');
      // A handle may be written with escapes: then only parsing tells.
      if (text.includes('\\') || handles.some((handle) => text.includes(handle))) return true;
    }
    return false;
  };
}

const handleIn = (file: string): string => /^people\/(.+)\.yaml$/.exec(file)?.[1] ?? file;
