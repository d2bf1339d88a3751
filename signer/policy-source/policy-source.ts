/**
 * Which policy holds. The signer follows the policy repository by itself and moves from one accepted commit
 * to the next only where the next descends from the last, is signed by enough of the policy maintainers whom
 * the last one lists, and validates as a whole. Otherwise the last good one stays, and everybody is told why.
 */
import type { Logger } from 'pino';
import {
  parseCommitSha,
  type CommitSha,
  type PersonHandle,
  type PolicySlug,
  type ProjectSlug,
  type Sha256Hex,
} from '../../lib/core/ids/index.ts';
import { effectivePolicy, type PolicySnapshot } from '../../lib/core/policy/index.ts';
import { messageOf, Unavailable } from '../availability/index.ts';
import type { Database } from '../database/index.ts';
import { append } from '../journal/index.ts';
import { readAccepted, writeAccepted } from './accepted.ts';
import { fetchHead, GitError, hasCommit, withoutCredentials, type PolicyClone } from './git.ts';
import { judgeHead, type HeadProblem } from './judge-head.ts';
import { acceptedFileOf } from './read-accepted.ts';
import { reportSync, type PolicySourceStatus } from './report-sync.ts';
import { SnapshotRefused, Snapshots } from './snapshots.ts';
import { unreadable } from './unreadable.ts';

export interface PolicySource {
  /** Follows the remote and returns the accepted snapshot. Throws Unavailable where the remote can't be read. */
  refresh(): Promise<PolicySnapshot>;
  /** The accepted snapshot as it is known here, without a look at the remote; null: none was accepted yet. */
  inForce(): Promise<PolicySnapshot | null>;
  /** What decided about a project's policy at a commit that was accepted at some time; null for any other commit. */
  digestAt(commit: CommitSha, project: ProjectSlug, policy: PolicySlug): Promise<Sha256Hex | null>;
  status(): PolicySourceStatus;
}

interface PolicySourceOptions {
  readonly clone: PolicyClone;
  readonly initialCommit: string;
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
}

export function openPolicySource(options: PolicySourceOptions): PolicySource {
  return new GitPolicySource(options);
}

class GitPolicySource implements PolicySource {
  readonly #options: PolicySourceOptions;
  readonly #stateFile: string;
  readonly #snapshots: Snapshots;
  #accepted: CommitSha | null = null;
  #observed: CommitSha | null = null;
  /** Why the last look came to nothing; null: it came to an end. */
  #failed: string | null = null;
  #refused: { readonly commit: CommitSha; readonly problem: HeadProblem; readonly reason: string } | null =
    null;
  /** One look at the remote runs at a time. */
  #running: Promise<PolicySnapshot> | null = null;
  /** The look after it, which everybody shares who asks meanwhile: what was pushed before they asked is in it. */
  #next: Promise<PolicySnapshot> | null = null;

  constructor(options: PolicySourceOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(options.clone);
    this.#stateFile = acceptedFileOf(options.clone);
  }

  status(): PolicySourceStatus {
    const about = { accepted: this.#accepted, observed: this.#observed };
    // Once seen, a rewritten history stays the news until a look sees the branch put right.
    if (this.#failed !== null && this.#refused?.problem !== 'rewritten') {
      const reason = this.#failed;
      return { ...about, sync: 'Unknown', health: 'Degraded', problem: 'unreachable', reason };
    }
    if (this.#accepted === null) {
      const reason = 'no commit is in force yet';
      return { ...about, sync: 'Unknown', health: 'Degraded', problem: null, reason };
    }
    if (this.#refused === null) {
      return { ...about, sync: 'Synced', health: 'Healthy', problem: null, reason: null };
    }
    const { problem, reason } = this.#refused;
    const health = problem === 'unsigned' ? 'Healthy' : 'Degraded';
    return { ...about, sync: 'OutOfSync', health, problem, reason };
  }

  async refresh(): Promise<PolicySnapshot> {
    if (this.#running === null) return this.#look();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#look();
      });
    return this.#next;
  }

  async inForce(): Promise<PolicySnapshot | null> {
    try {
      this.#accepted ??= await this.#resume();
      return this.#accepted === null ? null : await this.#load(this.#accepted);
    } catch (error) {
      return unreadable(error);
    }
  }

  #look(): Promise<PolicySnapshot> {
    const look = this.#followAndTell().finally(() => {
      if (this.#running === look) this.#running = null;
    });
    this.#running = look;
    return look;
  }

  async #followAndTell(): Promise<PolicySnapshot> {
    const { database, log, now } = this.#options;
    try {
      const snapshot = await this.#follow().catch(unreadable);
      this.#failed = null;
      return snapshot;
    } catch (error) {
      this.#failed = messageOf(error);
      throw error;
    } finally {
      // What can't be told now is told at the next look; no decision waits for it.
      await reportSync(database, this.status(), now()).catch((error: unknown) =>
        log.warn({ err: error }, 'how the policy is followed could not be reported'),
      );
    }
  }

  async digestAt(commit: CommitSha, project: ProjectSlug, policy: PolicySlug): Promise<Sha256Hex | null> {
    const rows = await this.#options.database.query(
      'SELECT 1 FROM signer.accepted_snapshot WHERE commit = $1',
      [commit],
    );
    if (rows.length === 0) return null;
    try {
      const found = effectivePolicy(await this.#load(commit), project, policy);
      return found.ok ? found.value.digest : null;
    } catch (error) {
      if (error instanceof SnapshotRefused) return null;
      return unreadable(error);
    }
  }

  async #follow(): Promise<PolicySnapshot> {
    const { clone } = this.#options;
    // Before the remote is asked: what is in force is known without it.
    this.#accepted ??= await this.#resume();
    let head: CommitSha;
    try {
      head = await fetchHead(clone);
    } catch (error) {
      throw new Unavailable(
        'policy',
        `the policy repository ${withoutCredentials(clone.url)} can’t be read: ${messageOf(error)}`,
        'check policyRepository.url and the Git host',
        error,
      );
    }
    this.#observed = head;
    const accepted = this.#accepted ?? (await this.#acceptInitial());
    // A refused head is looked at again: a co-signature may have arrived as a note meanwhile.
    if (head !== accepted) await this.#consider(accepted, head);
    if (head === accepted) this.#refused = null;
    return this.#load(this.#accepted ?? accepted);
  }

  /** Goes on where an earlier run stopped; a database that was set up anew is told again what is in force. */
  async #resume(): Promise<CommitSha | null> {
    const commit = await readAccepted(this.#stateFile);
    if (commit !== null) await this.#publish(commit, null, []);
    return commit;
  }

  /** The pinned first commit needs no signature: whoever installed the signer vouches for it. */
  async #acceptInitial(): Promise<CommitSha> {
    const commit = parseCommitSha(this.#options.initialCommit);
    if (!(await hasCommit(this.#options.clone, commit))) {
      throw new Unavailable(
        'policy',
        `the pinned first commit ${commit} is not in the policy repository`,
        'correct policyRepository.initialCommit',
      );
    }
    try {
      await this.#load(commit);
    } catch (error) {
      if (!(error instanceof SnapshotRefused)) throw error;
      throw new Unavailable(
        'policy',
        `the pinned first commit ${commit} does not validate:\n${error.message}`,
        'put the policy repository right and pin a commit that validates',
        error,
      );
    }
    await this.#accept(commit, null, []);
    return commit;
  }

  async #consider(accepted: CommitSha, head: CommitSha): Promise<void> {
    const { clone } = this.#options;
    try {
      const verdict = await judgeHead({ clone, accepted, head, load: (commit) => this.#load(commit) });
      if (verdict.ok) await this.#accept(head, accepted, verdict.signers);
      else await this.#refuse(head, verdict.problem, verdict.reason);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const fix = 'check the signer’s clone of the policy repository';
      throw new Unavailable('policy', error.message, fix, error);
    }
  }

  async #accept(
    commit: CommitSha,
    parent: CommitSha | null,
    signers: readonly PersonHandle[],
  ): Promise<void> {
    await this.#publish(commit, parent, signers);
    await writeAccepted(this.#stateFile, commit, this.#options.now());
    this.#accepted = commit;
    this.#refused = null;
    this.#options.log.info({ commit, signers }, 'accepted a policy commit');
  }

  /** Journal and table tell the others; the file tells this signer. */
  async #publish(
    commit: CommitSha,
    parent: CommitSha | null,
    signers: readonly PersonHandle[],
  ): Promise<void> {
    const { database, now } = this.#options;
    await database.transaction(async (transaction) => {
      const { rowCount } = await transaction.query(
        'SELECT 1 FROM signer.accepted_snapshot WHERE commit = $1',
        [commit],
      );
      // Another signer on the same database may have been faster.
      if ((rowCount ?? 0) > 0) return;
      const entry = await append(transaction, now(), {
        requestId: null,
        kind: 'policy.accepted',
        body: { commit, parent, signers: [...signers] },
      });
      await transaction.query(
        'INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at) VALUES ($1, $2, $3, $4)',
        [commit, parent, signers, entry.at],
      );
    });
  }

  async #refuse(commit: CommitSha, problem: HeadProblem, reason: string): Promise<void> {
    const { database, log, now } = this.#options;
    const known = this.#refused?.commit === commit && this.#refused.reason === reason;
    this.#refused = { commit, problem, reason };
    if (known) return;
    const message = 'did not accept a policy commit; the last accepted one stays in force';
    if (problem === 'unsigned') log.info({ commit, problem, reason }, message);
    else log.error({ commit, problem, reason }, message);
    await database.transaction((transaction) =>
      append(transaction, now(), {
        requestId: null,
        kind: 'policy.refused',
        body: { commit, problem, reason: reason.slice(0, 4000).toWellFormed() },
      }),
    );
  }

  #load(commit: CommitSha): Promise<PolicySnapshot> {
    return this.#snapshots.load(commit, this.#accepted);
  }
}
