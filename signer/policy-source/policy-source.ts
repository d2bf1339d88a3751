/**
 * Which policy holds. The signer follows the policy repository by itself and moves from one accepted commit
 * to the next only where the next descends from the last, is signed by enough of the policy maintainers whom
 * the last one lists, and validates as a whole. Otherwise the last accepted one stays, and the reason is published.
 */
import type { Logger } from 'pino';
import {
  parseCommitSha,
  type CommitSha,
  type PersonHandle,
  type PolicySlug,
  type ProjectSlug,
  type Sha256Hex,
} from '#core/ids/index.ts';
import { worthRemembering } from '#core/policy/acceptance/index.ts';
import { effectivePolicy, type PolicySnapshot } from '#core/policy/index.ts';
import { messageOf, Unavailable } from '../ground/availability/index.ts';
import type { Database } from '../ground/database/index.ts';
import { readAccepted, withAccepted, writeAccepted, type Accepted } from './accepted.ts';
import { AgeInForce } from './age-in-force.ts';
import { aheadOf, behind, stepTowards } from './elsewhere.ts';
import { fetchPolicy, type Fetched, type KnownRefs } from './fetch.ts';
import { journalAccepted, journalRefused } from './journal-policy.ts';
import { judgeHead, type HeadProblem, type HeadVerdict } from './judge-head.ts';
import { acceptedFileOf } from './read-accepted.ts';
import { openRefsHost, type RefsHost } from './ls-refs/index.ts';
import { hasCommit } from './read-clone.ts';
import type { PolicySource } from './port.ts';
import { reportSync } from './report-sync.ts';
import { GitError, withoutCredentials } from '../../lib/host/git/index.ts';
import type { PolicyClone } from './run-git.ts';
import { SnapshotRefused, Snapshots } from './snapshots.ts';
import { statusOf, type PolicySourceStatus, type Refused } from './status.ts';
import { unreadable } from './unreadable.ts';

interface PolicySourceOptions {
  readonly clone: PolicyClone;
  readonly initialCommit: string;
  readonly database: Database;
  /** Name of this signer. */
  readonly signer: string;
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
  #accepted: Accepted | null = null;
  readonly #age: AgeInForce;
  #observed: CommitSha | null = null;
  #notesProblem: string | null = null;
  readonly #knownRefs: KnownRefs = { refs: null };
  readonly #refsHost: RefsHost | null;
  /** Why the last check failed; null: it was completed. */
  #failed: string | null = null;
  #refused: Refused | null = null;
  /** One check of the remote runs at a time. */
  #running: Promise<PolicySnapshot> | null = null;
  /** The next check, shared by all callers in the meantime, so that it includes what was pushed before they called. */
  #next: Promise<PolicySnapshot> | null = null;

  constructor(options: PolicySourceOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(options.clone);
    this.#age = new AgeInForce(options.clone, (commit) => this.#load(commit));
    this.#stateFile = acceptedFileOf(options.clone);
    this.#refsHost = openRefsHost(options.clone.url, { log: options.log });
  }

  status(): PolicySourceStatus {
    return statusOf({
      accepted: this.#accepted?.last.commit ?? null,
      observed: this.#observed,
      failed: this.#failed,
      refused: this.#refused,
      notesProblem: this.#notesProblem,
      age: this.#age.known,
      now: this.#options.now(),
    });
  }

  async checkNotBehind(): Promise<void> {
    const { database, clone } = this.#options;
    const own = this.#accepted?.last.commit ?? null;
    const ahead = await aheadOf(database, clone, own).catch(unreadable);
    if (ahead !== null) throw behind(ahead, own, this.status().reason);
  }

  checkFresh(): void {
    this.#age.checkFresh(this.#options.now());
  }

  async refresh(): Promise<PolicySnapshot> {
    if (this.#running === null) return this.#check();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#check();
      });
    return this.#next;
  }

  async inForce(): Promise<PolicySnapshot | null> {
    try {
      this.#accepted ??= await this.#resume();
      return this.#accepted === null ? null : await this.#load(this.#accepted.last.commit);
    } catch (error) {
      return unreadable(error);
    }
  }

  #check(): Promise<PolicySnapshot> {
    const check = this.#followAndReport().finally(() => {
      if (this.#running === check) this.#running = null;
    });
    this.#running = check;
    return check;
  }

  async #followAndReport(): Promise<PolicySnapshot> {
    const { database, signer, log } = this.#options;
    try {
      const snapshot = await this.#follow().catch(unreadable);
      this.#failed = null;
      return snapshot;
    } catch (error) {
      this.#failed = messageOf(error);
      throw error;
    } finally {
      // What can't be reported now is reported at the next check; no decision depends on it.
      await reportSync(database, signer, this.status()).catch((error: unknown) =>
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
      const found = effectivePolicy(await this.#loadAccepted(commit), project, policy);
      return found.ok ? found.value.digest : null;
    } catch (error) {
      if (error instanceof SnapshotRefused) return null;
      return unreadable(error);
    }
  }

  async #follow(): Promise<PolicySnapshot> {
    const { clone } = this.#options;
    // Before the remote is contacted: what is in force is known without it.
    this.#accepted ??= await this.#resume();
    // Where it can't be read, the code below that needs it reports that.
    if (this.#accepted !== null) await this.#age.update(this.#accepted.last.commit).catch(() => undefined);
    let fetched: Fetched;
    try {
      fetched = await fetchPolicy(clone, this.#knownRefs, this.#refsHost);
    } catch (error) {
      throw new Unavailable(
        'policy',
        `the policy repository ${withoutCredentials(clone.url)} can’t be read: ${messageOf(error)}`,
        'check policyRepository.url and the Git host',
        error,
      );
    }
    const { head, notesProblem } = fetched;
    if (notesProblem !== null && notesProblem !== this.#notesProblem)
      this.#options.log.warn({ reason: notesProblem }, 'the signatures beside commits could not be fetched');
    this.#notesProblem = notesProblem;
    this.#observed = head;
    const accepted = (this.#accepted ?? (await this.#acceptInitial())).last.commit;
    // A refused head is judged again, since a co-signature may have arrived as a note.
    if (head !== accepted) await this.#consider(accepted, head);
    if (head === accepted) this.#refused = null;
    const inForce = this.#accepted?.last.commit ?? accepted;
    const snapshot = await this.#load(inForce);
    await this.#age.update(inForce);
    return snapshot;
  }

  /** Continues where an earlier run stopped; a newly created database gets the commit in force recorded again. */
  async #resume(): Promise<Accepted | null> {
    const accepted = await readAccepted(this.#stateFile);
    if (accepted !== null) await journalAccepted(this.#options.database, accepted.last, null, []);
    return accepted;
  }

  /** The pinned first commit needs no signature: whoever installed the signer vouches for it. */
  async #acceptInitial(): Promise<Accepted> {
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
        'correct the policy repository and pin a commit that validates',
        error,
      );
    }
    return this.#accept(commit, null, []);
  }

  async #consider(accepted: CommitSha, head: CommitSha): Promise<void> {
    try {
      let verdict = await this.#judge(accepted, head);
      // What another signer accepted on the way there may be needed to accept it, or may be as far as can be gone.
      const last = verdict.ok ? accepted : await this.#stepTowards(accepted, head);
      if (last !== accepted) verdict = await this.#judge(last, head);
      if (verdict.ok) await this.#accept(head, last, verdict.signers);
      else await this.#refuse(head, verdict.problem, verdict.reason);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const fix = 'check the signer’s clone of the policy repository';
      throw new Unavailable('policy', error.message, fix, error);
    }
  }

  #judge(accepted: CommitSha, head: CommitSha): Promise<HeadVerdict> {
    const { clone, now } = this.#options;
    const load = (commit: CommitSha): Promise<PolicySnapshot> => this.#load(commit);
    const earlier = (): Promise<PolicySnapshot> => this.#earlier();
    return judgeHead({ clone, accepted, head, now: now(), load, earlier });
  }

  #stepTowards(accepted: CommitSha, head: CommitSha): Promise<CommitSha> {
    const { clone, database } = this.#options;
    return stepTowards({
      clone,
      database,
      accepted,
      head,
      judge: (last, commit) => this.#judge(last, commit),
      accept: (commit, last, signers) => this.#accept(commit, last, signers),
    });
  }

  /** What was in force some days ago, or the oldest policy since then that this version of the signer can read. */
  async #earlier(): Promise<PolicySnapshot> {
    const accepted = this.#accepted;
    if (accepted === null) throw new TypeError('nothing was accepted yet');
    const { earlier, last } = accepted;
    for (const { commit } of worthRemembering([...earlier, last], this.#options.now())) {
      try {
        return await this.#loadAccepted(commit);
      } catch (error) {
        if (!(error instanceof SnapshotRefused)) throw error;
      }
    }
    return this.#loadAccepted(last.commit);
  }

  async #accept(
    commit: CommitSha,
    parent: CommitSha | null,
    signers: readonly PersonHandle[],
  ): Promise<Accepted> {
    const next = { commit, acceptedAt: this.#options.now() };
    // Journal and table inform others; the file is this signer's own record.
    await journalAccepted(this.#options.database, next, parent, signers);
    const accepted = withAccepted(this.#accepted, next);
    await writeAccepted(this.#stateFile, accepted);
    this.#accepted = accepted;
    this.#refused = null;
    this.#options.log.info({ commit, signers }, 'accepted a policy commit');
    return accepted;
  }

  async #refuse(commit: CommitSha, problem: HeadProblem, reason: string): Promise<void> {
    const { database, log, now } = this.#options;
    const known = this.#refused?.commit === commit && this.#refused.reason === reason;
    this.#refused = { commit, problem, reason };
    if (known) return;
    const message = 'did not accept a policy commit; the last accepted one stays in force';
    if (problem === 'unsigned') log.info({ commit, problem, reason }, message);
    else log.error({ commit, problem, reason }, message);
    await journalRefused(database, this.#refused, now());
  }

  /** The commit in force as it was accepted, any other by the rules of today. */
  #load(commit: CommitSha): Promise<PolicySnapshot> {
    const inForce = this.#accepted?.last.commit ?? null;
    return this.#snapshots.load(commit, inForce, commit === inForce);
  }

  #loadAccepted(commit: CommitSha): Promise<PolicySnapshot> {
    return this.#snapshots.load(commit, this.#accepted?.last.commit ?? null, true);
  }
}
