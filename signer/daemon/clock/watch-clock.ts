/**
 * Whether this host's clock can be believed. Certificates, policies and approvals have times, and a clock that is wrong would refuse what
 * is right, or take what has ended. It is compared with the database's, which every signer and portal shares: where the two differ,
 * nobody here can tell which of them is right, so nothing is signed until they agree.
 */
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';

export interface Clock {
  /** Compares anew. Rejects where the database can't be asked. */
  compare(): Promise<void>;
  /** Compares where the last comparison is some seconds old, or found something. */
  compareIfDue(): Promise<void>;
  /** Why this host's clock isn't believed; null: it is. Reads no database: of the last comparison, and of jumps since. */
  problem(): string | null;
  /** Throws Unavailable where it isn't believed. */
  check(): void;
  /** As of which is judged: of this host's clock where it is believed; else of the database's, as it was compared last. Nothing comes of it then. */
  time(): Date;
  /**
   * What is written down, and can't be taken back: of this host's clock where it is believed; else the earlier of the two. Whichever is
   * wrong, nothing gets a time that hasn't been yet: the journal's times never go back, and what waits until then would wait for as long.
   */
  written(): Date;
}

interface Options {
  readonly database: Pick<Database, 'query'>;
  readonly now: () => Date;
  /** Milliseconds that no setting of the clock changes. */
  readonly steady?: () => number;
}

/** Two hosts that follow time servers differ by milliseconds. One that was just started may need a while to get there. */
export const toleranceMilliseconds = 60_000;
/** What a jump in between does is found without asking. */
const dueMilliseconds = 5_000;
const row = z.object({ at: z.coerce.number() });

interface Comparison {
  /** This host's clock, and what doesn't jump, at the same moment. */
  readonly wall: number;
  readonly steady: number;
  readonly database: number;
  readonly problem: string | null;
}

export function watchClock({ database, now, steady = () => performance.now() }: Options): Clock {
  let compared: Comparison | null = null;
  const problem = (): string | null => {
    if (compared === null) return 'this host’s clock hasn’t been compared with the database’s yet';
    const jump = now().getTime() - compared.wall - (steady() - compared.steady);
    return Math.abs(jump) > toleranceMilliseconds
      ? `this host’s clock jumped ${distance(jump, 'ahead', 'back')} since it was compared with the database’s`
      : compared.problem;
  };
  const compare = async (): Promise<void> => {
    const began = steady();
    const [first] = await database.query(`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at`);
    const [wall, ended] = [now().getTime(), steady()];
    // The database's answer is of some moment in between, so whatever the way took isn't held against the clock.
    const { at } = row.parse(first);
    const ahead = Math.max(wall - (ended - began) - at, 0) + Math.min(wall - at, 0);
    compared = { wall, steady: ended, database: at, problem: differs(ahead) };
  };
  const time = (): Date => {
    if (compared === null || problem() === null) return now();
    return new Date(compared.database + steady() - compared.steady);
  };
  return {
    problem,
    compare,
    time,
    written: () => new Date(Math.min(now().getTime(), time().getTime())),
    async compareIfDue() {
      const isDue = compared === null || steady() - compared.steady > dueMilliseconds;
      if (isDue || problem() !== null) await compare();
    },
    check() {
      const found = problem();
      if (found === null) return;
      throw new Unavailable(
        'clock',
        found,
        'see what the hosts’ time services say (timedatectl, chronyc tracking) and mend the one that is wrong: docs/guides/runbooks/clock-wrong.md; the request waits',
      );
    },
  };
}

const differs = (ahead: number): string | null =>
  Math.abs(ahead) > toleranceMilliseconds
    ? `this host’s clock is ${distance(ahead, 'ahead of', 'behind')} the database’s`
    : null;

function distance(milliseconds: number, ahead: string, behind: string): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  return `${seconds} s ${milliseconds > 0 ? ahead : behind}`;
}
