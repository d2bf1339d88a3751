/** How old the policy in force is. Known also while the host can't be reached, which is when it matters. */
import type { CommitSha } from '#core/ids/index.ts';
import { freshnessLimits, type PolicySnapshot } from '#core/policy/index.ts';
import { Unavailable } from '../ground/availability/index.ts';
import { dateOf } from './date.ts';
import { hasCommit } from './read-clone.ts';
import type { PolicyClone } from './run-git.ts';
import type { PolicyAge } from './status.ts';

export class AgeInForce {
  readonly #clone: PolicyClone;
  readonly #load: (commit: CommitSha) => Promise<PolicySnapshot>;
  #age: PolicyAge | null = null;
  /** What `#age` is of. */
  #agedCommit: CommitSha | null = null;

  constructor(clone: PolicyClone, load: (commit: CommitSha) => Promise<PolicySnapshot>) {
    this.#clone = clone;
    this.#load = load;
  }

  /** null: not known yet, or its commit can't be read. */
  get known(): PolicyAge | null {
    return this.#age;
  }

  /** Throws Unavailable where it is too old for anything to be signed under it. */
  checkFresh(now: Date): void {
    const { stopAt = null, datedAt } = this.#age ?? {};
    if (stopAt === null || now < stopAt) return;
    throw new Unavailable(
      'policy',
      `the policy in force is dated ${datedAt?.toISOString() ?? '?'}, and the foundation lets nothing be signed under one so old since ${stopAt.toISOString()}`,
      'find out whether the Git host withholds newer commits; where there are none, confirm the policy in the portal',
    );
  }

  async update(commit: CommitSha): Promise<void> {
    if (this.#agedCommit === commit) return;
    // A lost clone has no data before the host is reached.
    if (!(await hasCommit(this.#clone, commit))) return;
    const datedAt = await dateOf(this.#clone, commit);
    this.#age = datedAt === null ? null : { datedAt, ...freshnessLimits(await this.#load(commit), datedAt) };
    this.#agedCommit = commit;
  }
}
