/** Projects as GitLab keeps them: branches, tags, pipelines, jobs, protection, and what people do to them. */
import { Objects, sha1 } from '../../github/objects.ts';

export interface Runner {
  readonly id: number;
  readonly type: 'instance_type' | 'group_type' | 'project_type';
}

export interface Job {
  readonly id: number;
  name: string;
  stage: string;
  status: string;
  allowFailure: boolean;
  /** null: it never began, or its runner isn't there any more. */
  runner: Runner | null;
  startedAt: string | null;
  /** Of a job that starts a pipeline: which; null: none yet. */
  downstream: Pipeline | null | undefined;
  /** Of one that failed. */
  failureReason: string | null;
}

export interface Pipeline {
  readonly id: number;
  readonly projectId: number;
  sha: string;
  ref: string;
  tag: boolean;
  source: string;
  status: string;
  jobs: Job[];
}

/** Who may: a role by its number, or somebody by name. */
export type Access =
  | { readonly level: 0 | 30 | 40 | 60 }
  | { readonly user: number }
  | { readonly group: number }
  | { readonly deployKey: number };

export interface BranchRule {
  name: string;
  push: readonly Access[];
  merge: readonly Access[];
  allowForcePush: boolean;
  codeOwners: boolean;
}

export interface ApprovalRule {
  readonly type: 'regular' | 'any_approver' | 'code_owner' | 'report_approver';
  readonly required: number;
  /** Numbers of accounts; of the rule about everybody GitLab names none. */
  readonly approvers: readonly number[];
  readonly allProtected: boolean;
  readonly branches: readonly string[];
}

export const hostedRunner: Runner = { id: 12_270_831, type: 'instance_type' };

export class Project {
  readonly id: number;
  namespaceId: number;
  namespacePath: string;
  path: string;
  visibility: 'public' | 'internal' | 'private' = 'public';
  defaultBranch = 'main';
  configuration: string | null = '';
  /** Who may set variables of a pipeline, and whether that counts. */
  variables: { restricted: boolean; role: 'no_one_allowed' | 'developer' | 'maintainer' | 'owner' } = {
    restricted: true,
    role: 'no_one_allowed',
  };
  readonly objects = new Objects();
  /** Tag → its object: the commit, or a tag's own that names it. */
  readonly tags = new Map<string, { readonly target: string; readonly commit: string }>();
  readonly pipelines = new Map<number, Pipeline>();
  readonly branchRules: BranchRule[] = [];
  readonly tagRules: { name: string; create: readonly Access[] }[] = [];
  readonly approvalRules: ApprovalRule[] = [];
  approvals = {
    overridable: false,
    byAuthor: false,
    byCommitters: true,
    resetOnPush: true,
    ownersResetOnChange: false,
  };
  #lastId = 70_000;

  constructor(id: number, namespace: { readonly id: number; readonly path: string }, path: string) {
    this.id = id;
    this.namespaceId = namespace.id;
    this.namespacePath = namespace.path;
    this.path = path;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** A commit on a branch; without one it is what only its name leads to, as a merge request's from a fork is. */
  commit(
    files: Readonly<Record<string, string>>,
    branch: string | null,
    parent = this.objects.refs.get(`refs/heads/${branch ?? ''}`),
  ): string {
    const tree = this.objects.addTree(new Map(Object.entries(files)));
    const message = `Commit ${this.nextId()}`;
    const parents = parent === undefined ? [] : [parent];
    const { sha } = this.objects.addCommit({ tree, parents, message, date: '2026-11-28T10:00:00.000Z' });
    if (branch !== null) this.objects.refs.set(`refs/heads/${branch}`, sha);
    return sha;
  }

  /** Makes or moves a tag. */
  tag(name: string, commit: string, annotated = false): void {
    const target = annotated ? sha1(`tag ${name} ${commit} ${this.nextId()}`) : commit;
    this.tags.set(name, { target, commit });
  }

  pipeline(input: Pick<Pipeline, 'sha' | 'ref' | 'tag' | 'source'>): Pipeline {
    const pipeline: Pipeline = {
      ...input,
      id: this.nextId(),
      projectId: this.id,
      status: 'success',
      jobs: [],
    };
    this.pipelines.set(pipeline.id, pipeline);
    return pipeline;
  }

  /** A job that ended well on a runner of GitLab's. */
  job(pipeline: Pipeline, name: string, changes: Partial<Omit<Job, 'id' | 'name'>> = {}): Job {
    const begins = !['created', 'manual', 'skipped', 'pending'].includes(changes.status ?? 'success');
    const job: Job = {
      id: this.nextId(),
      name,
      stage: 'build',
      status: 'success',
      allowFailure: false,
      runner: begins ? hostedRunner : null,
      startedAt: begins ? '2026-11-28T10:01:00.000Z' : null,
      downstream: undefined,
      failureReason: null,
      ...changes,
    };
    pipeline.jobs.push(job);
    return job;
  }

  jobById(id: number): { readonly pipeline: Pipeline; readonly job: Job } | null {
    for (const pipeline of this.pipelines.values()) {
      const job = pipeline.jobs.find((one) => one.id === id && one.downstream === undefined);
      if (job !== undefined) return { pipeline, job };
    }
    return null;
  }
}
