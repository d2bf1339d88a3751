/** What a project builds with: branches, tags, runs, rulesets and releases of one repository, and what people do to them. */
import { Objects } from '../objects.ts';

export interface HostJob {
  readonly id: number;
  name: string;
  status: 'queued' | 'in_progress' | 'completed' | 'waiting';
  conclusion: string | null;
  /** null: it was never on a runner. */
  group: string | null;
}

export interface HostRun {
  readonly id: number;
  readonly path: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  /** A fork's where its code was run. */
  readonly headRepositoryId: number;
  attempt: number;
  status: 'in_progress' | 'completed' | 'waiting';
  conclusion: string | null;
  startedAt: string;
  jobs: HostJob[];
}

export interface RulesetVersion {
  enforcement: 'active' | 'evaluate' | 'disabled';
  rules: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  bypass: readonly string[];
  include: readonly string[];
  exclude: readonly string[];
}

export interface HostRuleset {
  readonly id: number;
  readonly target: 'branch' | 'tag';
  readonly sourceType: 'Repository' | 'Organization';
  readonly createdAt: string;
  /** Oldest first; the last is in force. */
  readonly versions: { readonly id: number; readonly at: string; readonly state: RulesetVersion }[];
}

export class Builds {
  readonly objects = new Objects();
  /** Name of a tag object → what it names. */
  readonly tagObjects = new Map<
    string,
    { readonly tag: string; readonly type: 'commit' | 'tag'; readonly sha: string }
  >();
  /** Tag → object. */
  readonly tags = new Map<string, { type: 'commit' | 'tag'; sha: string }>();
  readonly runs = new Map<number, HostRun>();
  readonly rulesets = new Map<number, HostRuleset>();
  /** Branch → classic protection, as the host answers it. */
  readonly classic = new Map<string, Readonly<Record<string, unknown>>>();
  readonly releases = new Map<string, { draft: boolean; immutable: boolean }>();
  immutableReleases = false;
  readonly #repositoryId: number;
  readonly #now: () => string;
  #lastId = 50_000;

  constructor(repositoryId: number, now: () => string) {
    this.#repositoryId = repositoryId;
    this.#now = now;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** A commit with these files on a branch; without a branch it is one that only its name leads to, as a fork's is. */
  commit(
    files: Readonly<Record<string, string>>,
    branch: string | null,
    parent = this.objects.refs.get(`refs/heads/${branch ?? ''}`),
  ): string {
    const ref = `refs/heads/${branch ?? ''}`;
    const tree = this.objects.addTree(new Map(Object.entries(files)));
    const message = `Commit ${this.nextId()}`;
    const parents = parent === undefined ? [] : [parent];
    const { sha } = this.objects.addCommit({ tree, parents, message, date: this.#now() });
    if (branch !== null) this.objects.refs.set(ref, sha);
    return sha;
  }

  /** Makes or moves a tag. */
  tag(name: string, sha: string, annotated = false): void {
    if (!annotated) {
      this.tags.set(name, { type: 'commit', sha });
      return;
    }
    const object = this.objects.addTree(new Map([[`tag ${name}`, `${sha} ${this.nextId()}`]]));
    this.tagObjects.set(object, { tag: name, type: 'commit', sha });
    this.tags.set(name, { type: 'tag', sha: object });
  }

  /** As Git finds what a name means: where a tag has a branch's short name, the tag. */
  commitOf(name: string): string | undefined {
    let object = this.tags.get(name);
    while (object?.type === 'tag') object = this.tagObjects.get(object.sha);
    return object?.sha ?? this.objects.resolve(name);
  }

  /** A run with jobs that ended well on hosted runners. */
  run(
    input: Pick<HostRun, 'path' | 'event' | 'headBranch' | 'headSha'> & {
      readonly headRepositoryId?: number;
    },
  ): HostRun {
    const run: HostRun = {
      headRepositoryId: this.#repositoryId,
      ...input,
      id: this.nextId(),
      attempt: 1,
      status: 'completed',
      conclusion: 'success',
      startedAt: this.#now(),
      jobs: [this.job('build'), this.job('publish')],
    };
    this.runs.set(run.id, run);
    return run;
  }

  job(name: string, changes: Partial<Omit<HostJob, 'id' | 'name'>> = {}): HostJob {
    return {
      id: this.nextId(),
      name,
      status: 'completed',
      conclusion: 'success',
      group: 'GitHub Actions',
      ...changes,
    };
  }

  protect(
    target: 'branch' | 'tag',
    state: Partial<RulesetVersion>,
    at = this.#now(),
    sourceType: HostRuleset['sourceType'] = 'Repository',
  ): HostRuleset {
    const whole: RulesetVersion = {
      enforcement: 'active',
      rules: [],
      bypass: [],
      include: ['~ALL'],
      exclude: [],
      ...state,
    };
    const ruleset: HostRuleset = {
      id: this.nextId(),
      target,
      sourceType,
      createdAt: at,
      versions: [{ id: this.nextId(), at, state: whole }],
    };
    this.rulesets.set(ruleset.id, ruleset);
    return ruleset;
  }

  change(ruleset: HostRuleset, state: Partial<RulesetVersion>, at = this.#now()): void {
    const before = ruleset.versions.at(-1)?.state;
    if (before === undefined) throw new RangeError('a ruleset without a version');
    ruleset.versions.push({ id: this.nextId(), at, state: { ...before, ...state } });
  }
}
