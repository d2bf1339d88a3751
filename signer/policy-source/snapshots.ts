/** Snapshots of the clone by commit: read once and cached. */
import { CodedError } from '#core/error/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import {
  formatDiagnostic,
  loadAccepted,
  loadedFrom,
  loadSnapshot,
  type PolicySnapshot,
} from '#core/policy/index.ts';
import type { KnownFiles } from '../../lib/host/git/index.ts';
import { readTree } from './read-clone.ts';
import type { PolicyClone } from './run-git.ts';

/** A commit that doesn't validate; the message lists problems with their places. */
export class SnapshotRefused extends CodedError<'SNAPSHOT_INVALID'> {
  static override readonly errorName = 'SnapshotRefused';
  constructor(message: string) {
    super('SNAPSHOT_INVALID', message);
  }
}

const snapshotsKept = 4;

function filesOf(snapshot: PolicySnapshot | null): KnownFiles | null {
  const files = snapshot === null ? null : loadedFrom(snapshot);
  return snapshot === null || files === null ? null : { commit: snapshot.commit, files };
}

export class Snapshots {
  readonly #clone: PolicyClone;
  readonly #kept = new Map<CommitSha, PolicySnapshot>();
  /** The last commit that didn't validate, so that it isn't read again at every check. */
  #invalid: { readonly commit: CommitSha; readonly reason: string } | null = null;

  constructor(clone: PolicyClone) {
    this.#clone = clone;
  }

  /**
   * Commit → its snapshot. Files that are the same as in `inForce` aren't parsed again. Throws SnapshotRefused. `wasAccepted`: by the rules of its
   * day, so that those of today refuse only the projects that break them.
   */
  async load(commit: CommitSha, inForce: CommitSha | null, wasAccepted: boolean): Promise<PolicySnapshot> {
    const known = this.#kept.get(commit);
    if (known !== undefined && (wasAccepted || known.refused.size === 0)) return known;
    if (!wasAccepted && this.#invalid?.commit === commit) throw new SnapshotRefused(this.#invalid.reason);
    const previous = this.#kept.get(inForce ?? commit) ?? null;
    const read = wasAccepted ? loadAccepted : loadSnapshot;
    const loaded = read(await readTree(this.#clone, commit, filesOf(previous)), commit, previous);
    if (!loaded.ok) {
      const reason = loaded.diagnostics.slice(0, 10).map(formatDiagnostic).join('\n');
      this.#invalid = { commit, reason };
      throw new SnapshotRefused(reason);
    }
    this.#kept.set(commit, loaded.snapshot);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= snapshotsKept) break;
      if (old !== inForce && old !== commit) this.#kept.delete(old);
    }
    return loaded.snapshot;
  }
}
