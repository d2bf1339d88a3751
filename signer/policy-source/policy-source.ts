/**
 * Which policy holds. The signer follows the policy repository by itself and moves from one accepted commit
 * to the next only where the next descends from the last, is signed by enough of the policy maintainers whom
 * the last one lists, and validates as a whole. Otherwise the last good one stays, and everybody is told why.
 */
import type { Logger } from 'pino';
import { verifyPolicyCommit } from '../../lib/core/approval/index.ts';
import { failures } from '../../lib/core/finding/index.ts';
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
import {
  fetchHead,
  GitError,
  hasCommit,
  isAncestor,
  readCommitObject,
  readSignatureNote,
  withoutCredentials,
  type PolicyClone,
} from './git.ts';
import { SnapshotRefused, Snapshots } from './snapshots.ts';
import { unreadable } from './unreadable.ts';

export interface PolicySourceStatus {
  /** Synced: the accepted commit is the remote's newest. OutOfSync: a newer one was refused. Unknown: out of reach. */
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown';
  readonly accepted: CommitSha | null;
  /** Why the remote's newest commit isn't the accepted one; null where it is. */
  readonly refused: string | null;
  /** Why the remote could not be read at the last look; null where it could. */
  readonly unreachable: string | null;
}

export interface PolicySource {
  /** Follows the remote and returns the accepted snapshot. Throws Unavailable where the remote can't be read. */
  refresh(): Promise<PolicySnapshot>;
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
  #unreachable: string | null = null;
  #refused: { readonly commit: CommitSha; readonly reason: string } | null = null;
  /** Callers share one look at the remote: it runs one at a time. */
  #running: Promise<PolicySnapshot> | null = null;

  constructor(options: PolicySourceOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(options.clone);
    // Beside the clone, not in it: a clone may be thrown away and fetched again.
    this.#stateFile = `${options.clone.directory.replace(/\/+$/, '')}.accepted.json`;
  }

  status(): PolicySourceStatus {
    const refused = this.#refused?.reason ?? null;
    const unreachable = this.#unreachable;
    const unknown = unreachable !== null || this.#accepted === null;
    const sync = unknown ? 'Unknown' : refused === null ? 'Synced' : 'OutOfSync';
    return { sync, accepted: this.#accepted, refused, unreachable };
  }

  async refresh(): Promise<PolicySnapshot> {
    this.#running ??= this.#follow()
      .catch(unreadable)
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
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
    let head: CommitSha;
    try {
      head = await fetchHead(clone);
    } catch (error) {
      this.#unreachable = messageOf(error);
      throw new Unavailable(
        'policy',
        `the policy repository ${withoutCredentials(clone.url)} can’t be read: ${messageOf(error)}`,
        'check policyRepository.url and the Git host',
        error,
      );
    }
    this.#unreachable = null;
    const accepted = this.#accepted ?? (await this.#resume()) ?? (await this.#acceptInitial());
    // A refused head is looked at again: a co-signature may have arrived as a note meanwhile.
    if (head !== accepted) await this.#consider(accepted, head);
    if (head === accepted) this.#refused = null;
    return this.#load(this.#accepted ?? accepted);
  }

  /** Goes on where an earlier run stopped; a database that was set up anew is told again what is in force. */
  async #resume(): Promise<CommitSha | null> {
    const commit = await readAccepted(this.#stateFile);
    if (commit !== null) await this.#publish(commit, null, []);
    this.#accepted = commit;
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
      if (!(await isAncestor(clone, accepted, head))) {
        await this.#refuse(
          head,
          `history was rewritten: ${head} does not descend from the accepted commit ${accepted}`,
        );
        return;
      }
      const { trustRoot, people } = await this.#load(accepted);
      const { threshold, members } = trustRoot.value.policyMaintainers;
      const verified = verifyPolicyCommit({
        commit: head,
        commitObject: await readCommitObject(clone, head),
        notes: [await readSignatureNote(clone, head)].filter((note) => note !== null),
        maintainers: [...people]
          .filter(([handle]) => members.includes(handle))
          .map(([handle, person]) => ({
            handle,
            keys: person.value.approvalKeys.map((key) => key.publicKey),
          })),
        threshold,
        policy: trustRoot.locate(['policyMaintainers', 'threshold']),
      });
      if (!verified.ok) {
        await this.#refuse(
          head,
          failures(verified.findings)
            .map((one) => `${one.message} ${one.fix ?? ''}`)
            .join(' '),
        );
        return;
      }
      await this.#load(head);
      await this.#accept(head, accepted, verified.value.signers);
    } catch (error) {
      if (error instanceof SnapshotRefused) await this.#refuse(head, error.message);
      else if (error instanceof GitError && error.code === 'GIT_TREE_REFUSED')
        await this.#refuse(head, error.message);
      else if (error instanceof GitError)
        throw new Unavailable(
          'policy',
          error.message,
          'check the signer’s clone of the policy repository',
          error,
        );
      else throw error;
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

  async #refuse(commit: CommitSha, reason: string): Promise<void> {
    const { database, log, now } = this.#options;
    const known = this.#refused?.commit === commit && this.#refused.reason === reason;
    this.#refused = { commit, reason };
    if (known) return;
    log.error({ commit, reason }, 'refused a policy commit; the last accepted one stays in force');
    await database.transaction((transaction) =>
      append(transaction, now(), {
        requestId: null,
        kind: 'policy.refused',
        body: { commit, reason: reason.slice(0, 4000).toWellFormed() },
      }),
    );
  }

  #load(commit: CommitSha): Promise<PolicySnapshot> {
    return this.#snapshots.load(commit, this.#accepted);
  }
}
