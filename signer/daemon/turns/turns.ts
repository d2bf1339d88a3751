/** Turns of this signer: finds what is due, takes it when it is its turn, and gives it back. */
import { randomUUID } from 'node:crypto';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { after, askedMax, assign, named, recent, takeIn, wake, type ProjectOf } from './find.ts';
import { fenceOf, freeLeases, giveBack, renewLeases, type Fence, type PassEnd } from './lease.ts';
import { takeTurn, type TurnRule } from './take.ts';

export interface Turn {
  readonly requestId: RequestId;
  /** '' where the accepted policy has no project of that name. */
  readonly project: string;
  readonly fence: Fence;
  /** Once, when the pass is over, whatever came of it. */
  giveBack(end: PassEnd): Promise<void>;
}

export interface Turns {
  /** Looks at what was submitted lately, and at a page of everything else. Rejects with Unavailable, as all of these. */
  look(): Promise<void>;
  /** Looks at these requests in particular; what is none, or at its end, changes nothing. */
  ask(ids: readonly RequestId[]): Promise<void>;
  /** The request whose turn it is, leased to this signer; null: nothing to do. */
  take(): Promise<Turn | null>;
  renew(ids: readonly RequestId[]): Promise<void>;
}

interface TurnsOptions {
  readonly database: Database;
  /** What this signer is called for as long as it is installed here: its next run frees what this one held. */
  readonly signer: string;
  readonly rule: TurnRule;
  /** A killed signer's requests are free after that long. */
  readonly leaseSeconds: number;
  /** Whether the accepted policy has a project; null: no policy is known yet. Another answer is another function. */
  readonly projects: () => { has(slug: string): boolean } | null;
  readonly now: () => Date;
}

const firstId = '00000000-0000-0000-0000-000000000000';
/** Of a signer that has just started and may find much that came while it was away. */
const pagesAtStart = 50;
/** A place that becomes free looks for what has just come, but not more often than that. */
const recentEveryMilliseconds = 250;

export function openTurns(options: TurnsOptions): Turns {
  const { database, rule, leaseSeconds, now } = options;
  const owner = `${options.signer}/${randomUUID()}`;
  /** Where the walks past every row stand. */
  let [requestCursor, waitingCursor, laterCursor, assignCursor] = [firstId, firstId, firstId, firstId];
  let [isFreed, isOnceAround, isAssigned] = [false, false, false];
  let lookedAt = -Infinity;
  let policy: ReturnType<TurnsOptions['projects']> = null;

  const projectOf: ProjectOf = (claimed) => {
    const projects = options.projects();
    if (projects !== policy) {
      policy = projects;
      [isAssigned, assignCursor] = [false, firstId];
    }
    return projects?.has(claimed) === true ? claimed : '';
  };

  const lookAtRecent = async (): Promise<void> => {
    await takeIn(database, recent(now()), projectOf, now());
    lookedAt = performance.now();
  };
  const walk = async (): Promise<void> => {
    for (let page = 0; page < (isOnceAround ? 1 : pagesAtStart); page += 1) {
      const { last } = await takeIn(database, after(requestCursor), projectOf, now());
      requestCursor = last ?? firstId;
      if (last !== null) continue;
      isOnceAround = true;
      break;
    }
    waitingCursor = (await wake(database, { after: waitingCursor, waiting: true }, now())).last ?? firstId;
    laterCursor = (await wake(database, { after: laterCursor, waiting: false }, now())).last ?? firstId;
    projectOf('');
    if (isAssigned) return;
    const { last } = await assign(database, assignCursor, projectOf);
    assignCursor = last ?? firstId;
    isAssigned = last === null;
  };

  return {
    async look() {
      if (!isFreed) await freeLeases(database, `${options.signer}/`);
      isFreed = true;
      await lookAtRecent();
      await walk();
    },
    async ask(ids) {
      for (let at = 0; at < ids.length; at += askedMax) {
        const some = ids.slice(at, at + askedMax);
        await takeIn(database, named(some), projectOf, now());
        await wake(database, { ids: some }, now());
      }
    },
    async take() {
      if (performance.now() - lookedAt > recentEveryMilliseconds) await lookAtRecent();
      const taken = await takeTurn(database, { now: now(), owner, rule, leaseSeconds });
      if (taken === null) return null;
      const startedAt = performance.now();
      return {
        ...taken,
        fence: fenceOf(taken.requestId, owner, leaseSeconds),
        async giveBack(end) {
          const workSeconds = (performance.now() - startedAt) / 1000;
          const { workHalfLifeSeconds } = rule;
          await giveBack(database, { ...taken, owner, end, now: now(), workSeconds, workHalfLifeSeconds });
          // What came in while it was at work counts at once.
          await wake(database, { ids: [taken.requestId] }, now());
        },
      };
    },
    renew: (ids) => renewLeases(database, owner, ids, leaseSeconds),
  };
}
