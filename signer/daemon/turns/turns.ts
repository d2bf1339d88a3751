/** Turns of this signer: finds due requests, leases the next in turn, and releases them. */
import { randomUUID } from 'node:crypto';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import {
  addArrived,
  addOpen,
  after,
  assign,
  named,
  requestedMax,
  wake,
  wakeForPolicy,
  type ProjectOf,
  type TurnsPolicy,
} from './find.ts';
import { freeLeases, giveBack, renewLeases, type Lease, type PassEnd } from './lease.ts';
import { takeTurn, type TurnRule } from './take.ts';

export interface Turn {
  readonly requestId: RequestId;
  /** '' where the accepted policy has no project of that name. */
  readonly project: string;
  readonly lease: Lease;
  /** To be called when the pass is over, whatever the outcome, and again where that rejects. Work counts up to the first call. */
  giveBack(end: PassEnd): Promise<void>;
}

export interface Turns {
  /** Considers what arrived, and a page of everything else. Rejects with Unavailable, as do all of these. */
  find(): Promise<void>;
  /** Considers these requests; nonexistent or finished ones change nothing. */
  findRequested(ids: readonly RequestId[]): Promise<void>;
  /** The request whose turn it is, leased to this signer; null: nothing to do. */
  take(): Promise<Turn | null>;
  renew(leases: readonly Lease[]): Promise<void>;
}

interface TurnsOptions {
  readonly database: Database;
  /** The signer's persistent name: its next run frees the leases of this one. */
  readonly signer: string;
  readonly rule: TurnRule;
  /** A killed signer's requests are free after this long. */
  readonly leaseSeconds: number;
  /** Whether the accepted policy has a project; null: no policy is known yet. A changed policy is a new object. */
  readonly projects: () => { has(slug: string): boolean } | null;
  /** The policy that this signer accepted last; null: none is known yet. A changed policy is a new object. */
  readonly policy?: () => TurnsPolicy | null;
  readonly now: () => Date;
}

const firstId = '00000000-0000-0000-0000-000000000000';
/** For a signer that has just started and may find much that arrived meanwhile. */
const pagesAtStart = 20;
/** A free place looks for arrivals, but not more often than this. */
const arrivedEveryMilliseconds = 250;

export function openTurns(options: TurnsOptions): Turns {
  const { database, rule, leaseSeconds, now } = options;
  const run = `${options.signer}/${randomUUID()}`;
  let takes = 0;
  /** Positions of the walks over all rows. */
  let [requestCursor, waitingCursor, laterCursor, assignCursor] = [firstId, firstId, firstId, firstId];
  let [isFreed, isAssigned] = [false, false];
  let arrivedAt = -Infinity;
  let policy: ReturnType<TurnsOptions['projects']> = null;

  const projectOf: ProjectOf = (claimed) => {
    const projects = options.projects();
    if (projects !== policy) {
      policy = projects;
      [isAssigned, assignCursor] = [false, firstId];
    }
    return projects?.has(claimed) === true ? claimed : '';
  };

  let compared: TurnsPolicy | null = null;
  let rechecked: readonly string[] = [];
  /** → whether any request was woken. */
  const comparePolicy = async (): Promise<boolean> => {
    const policyNow = options.policy?.() ?? null;
    if (policyNow === null || policyNow === compared) return false;
    const { isMore, woken, untaken } = await wakeForPolicy(database, policyNow, rechecked, now());
    rechecked = untaken;
    if (!isMore) compared = policyNow;
    return woken > 0;
  };
  const findArrived = async (pages = 1): Promise<void> => {
    for (let page = 0; page < pages; page += 1)
      if ((await addArrived(database, projectOf, now())) === 0) break;
    arrivedAt = performance.now();
  };
  const walk = async (): Promise<void> => {
    requestCursor = (await addOpen(database, after(requestCursor), projectOf, now())).last ?? firstId;
    waitingCursor = (await wake(database, { after: waitingCursor, waiting: true }, now())).last ?? firstId;
    laterCursor = (await wake(database, { after: laterCursor, waiting: false }, now())).last ?? firstId;
    projectOf('');
    if (isAssigned) return;
    const { last } = await assign(database, assignCursor, projectOf);
    assignCursor = last ?? firstId;
    isAssigned = last === null;
  };

  return {
    async find() {
      if (!isFreed) await freeLeases(database, `${options.signer}/`);
      await findArrived(isFreed ? 1 : pagesAtStart);
      isFreed = true;
      await walk();
      await comparePolicy();
    },
    async findRequested(ids) {
      for (let at = 0; at < ids.length; at += requestedMax) {
        const some = ids.slice(at, at + requestedMax);
        await addOpen(database, named(some), projectOf, now());
        await wake(database, { ids: some }, now());
      }
    },
    async take() {
      if (performance.now() - arrivedAt > arrivedEveryMilliseconds) await findArrived();
      takes += 1;
      const owner = `${run}/${takes}`;
      const take = () => takeTurn(database, { now: now(), owner, rule, leaseSeconds });
      let taken = await take();
      // Nothing else is to do: the next few that another policy concerns.
      if (taken === null && (await comparePolicy())) taken = await take();
      if (taken === null) return null;
      const startedAt = performance.now();
      let workSeconds: number | null = null;
      return {
        ...taken,
        lease: { requestId: taken.requestId, owner, seconds: leaseSeconds },
        async giveBack(end) {
          workSeconds ??= (performance.now() - startedAt) / 1000;
          const { workHalfLifeSeconds } = rule;
          const given = { ...taken, owner, end, now: now(), workSeconds, workHalfLifeSeconds };
          const isEnded = await giveBack(database, given);
          // Submissions during the pass count at once.
          if (!isEnded) await wake(database, { ids: [taken.requestId] }, now());
        },
      };
    },
    renew: (leases) => renewLeases(database, leases),
  };
}
