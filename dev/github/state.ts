/** What the fake remembers, and what happens in it when someone acts. */
import { Artifacts } from './artifacts/artifacts.ts';
import { Objects, type Tree } from './objects.ts';
import { Builds } from './builds/state.ts';
import { Projects } from './projects/state.ts';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

export interface Pull {
  readonly number: number;
  readonly id: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  draft: boolean;
  readonly user: User;
  readonly headRef: string;
  readonly baseRef: string;
  head: string;
  base: string;
  mergedAt: string | null;
  mergeCommit: string | null;
  readonly createdAt: string;
  updatedAt: string;
  /** How many more looks find mergeability not yet worked out. */
  looksUntilMergeable: number;
}

export interface Comment {
  readonly id: number;
  readonly number: number;
  readonly user: User;
  body: string;
  readonly viaApp: boolean;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Review {
  readonly id: number;
  readonly number: number;
  readonly user: User;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly commit: string;
  readonly submittedAt: string;
  readonly body: string;
}

export interface CheckRun {
  readonly id: number;
  name: string;
  readonly head: string;
  externalId: string | null;
  status: string;
  conclusion: string | null;
  title: string | null;
  summary: string | null;
  readonly annotations: unknown[];
  readonly startedAt: string;
  completedAt: string | null;
}

export interface Facts {
  readonly appId: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly repositoryId: number;
}

/** Told of every event GitHub would send a webhook for. */
export type Listener = (
  name: string,
  subject: { readonly action?: string; readonly [field: string]: unknown },
) => void;

/** All of it: the projects that people see, and the repository that the app is installed on, with its Git database. */
export class State extends Projects {
  readonly facts: Facts;
  readonly artifacts = new Artifacts();
  readonly objects = new Objects();
  readonly pulls = new Map<number, Pull>();
  readonly comments = new Map<number, Comment>();
  readonly reviews = new Map<number, Review>();
  readonly checkRuns = new Map<number, CheckRun>();
  /** Repository number → what it builds with. */
  readonly builds = new Map<number, Builds>();
  readonly bot: User;
  /** How many looks at a pull request say `mergeable: null` after its head or base moved. */
  looksUntilMergeable = 0;
  /** Seconds the fake's clock is ahead. */
  aheadSeconds = 0;
  readonly #listener: Listener;
  #lastId = 1000;

  constructor(facts: Facts, files: Tree, listener: Listener) {
    super();
    this.facts = facts;
    this.#listener = listener;
    this.bot = { id: facts.appId + 500_000, login: 'countersign[bot]', type: 'Bot' };
    const tree = this.objects.addTree(files);
    const first = this.objects.addCommit({ tree, parents: [], message: 'First policy', date: this.now() });
    this.objects.refs.set('refs/heads/main', first.sha);
  }

  /** Whole seconds, as GitHub's. */
  now(): string {
    return new Date(Date.now() + this.aheadSeconds * 1000).toISOString().replace(/[.]\d+Z$/, 'Z');
  }

  /** A repository that builds from now on. */
  startBuilding(repositoryId: number): Builds {
    const builds = new Builds(this.need(repositoryId).id, () => this.now());
    this.builds.set(repositoryId, builds);
    return builds;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  nextNumber(): number {
    return this.pulls.size + 1;
  }

  tell: Listener = (name, subject) => this.#listener(name, subject);

  /** Moves, makes or (null) deletes a ref, with all that follows for pull requests. */
  moveRef(ref: string, to: string | null, forced = false): void {
    const before = this.objects.refs.get(ref) ?? null;
    if (before === to) return;
    if (to === null) this.objects.refs.delete(ref);
    else this.objects.refs.set(ref, to);
    this.tell('push', { ref, before, after: to, forced });
    if (to === null) return;
    for (const pull of this.pulls.values()) {
      if (pull.state !== 'open') continue;
      if (`refs/heads/${pull.headRef}` === ref) {
        pull.head = to;
        this.touch(pull);
        this.tell('pull_request', { action: 'synchronize', pull, before });
      }
      if (`refs/heads/${pull.baseRef}` === ref) {
        pull.looksUntilMergeable = this.looksUntilMergeable;
        // A base that holds the head has it merged, whoever moved it there.
        if (this.objects.isAncestor(pull.head, to)) this.markMerged(pull, to);
      }
    }
  }

  touch(pull: Pull): void {
    pull.updatedAt = this.now();
    pull.looksUntilMergeable = this.looksUntilMergeable;
  }

  markMerged(pull: Pull, commit: string): void {
    pull.state = 'closed';
    pull.mergedAt = this.now();
    pull.mergeCommit = commit;
    this.touch(pull);
    this.tell('pull_request', { action: 'closed', pull });
  }

  /** null while it is being worked out. */
  mergeable(pull: Pull): boolean | null {
    if (pull.state !== 'open') return null;
    if (pull.looksUntilMergeable > 0) {
      pull.looksUntilMergeable -= 1;
      return null;
    }
    const base = this.objects.refs.get(`refs/heads/${pull.baseRef}`);
    return base !== undefined && this.objects.mergeTrees(base, pull.head) !== null;
  }
}
