/**
 * Whether this signer may take requests: not while another signer works by a newer policy. People approve under the newest that any
 * signer accepted, and a signer that is behind would find that their approvals don't count. Nor while its host's clock isn't believed:
 * others may take them, whose clocks are. Nor while there is no room where it writes.
 */
import { Unavailable } from '../../ground/availability/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { PolicySource } from '../../policy-source/index.ts';

interface TakingGate {
  /** Where it is behind, it follows the policy first, by its own rules, but not at every call. Rejects where the database can't be used. */
  mayTake(): Promise<boolean>;
  /** Why it took nothing when it last could have; null: it may. */
  behind(): string | null;
}

interface Options {
  readonly policy: Pick<PolicySource, 'checkNotBehind'>;
  readonly clock: Pick<Clock, 'compareIfDue' | 'problem'>;
  readonly rooms: Pick<Rooms, 'lookIfDue' | 'problem'>;
  readonly follow: () => Promise<unknown>;
  readonly now: () => Date;
}

const followMilliseconds = 2_000;

export function openTakingGate({ policy, clock, rooms, follow, now }: Options): TakingGate {
  let behind: string | null = null;
  let followedAt = -Infinity;
  const look = async (): Promise<boolean> => {
    try {
      await policy.checkNotBehind();
      behind = null;
    } catch (error) {
      if (!(error instanceof Unavailable) || error.component !== 'policy') throw error;
      behind = error.message;
    }
    return behind === null;
  };
  return {
    async mayTake() {
      await clock.compareIfDue();
      if (clock.problem() !== null) return false;
      await rooms.lookIfDue();
      if (rooms.problem() !== null) return false;
      if (await look()) return true;
      if (now().getTime() - followedAt < followMilliseconds) return false;
      followedAt = now().getTime();
      // Why it fails is in the policy's own report.
      await follow().catch(() => undefined);
      return look();
    },
    behind: () => behind,
  };
}
