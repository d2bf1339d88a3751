/** Reports on the signer's own work, in the rows that the portal shows: ages and numbers, not assurances. */
import type { Database } from '../../ground/database/index.ts';
import type { HealthProbe, HealthReport } from '../health/index.ts';
import type { WakeQueue, Worker } from '../intake/index.ts';
import type { PolicySource } from '../../policy-source/index.ts';
import { watchLocks, type SessionGuard } from '../session-guard/index.ts';
import { readBacklog } from '../turns/index.ts';

type State = HealthReport['state'];

const secondsOf = (at: Date): number => at.getTime() / 1000;
const since = (at: Date, now: Date): number => Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));

/** An age → the state that it implies. */
function judge(seconds: number, degradedAfter: number, downAfter: number): State {
  if (seconds > downAfter) return 'down';
  return seconds > degradedAfter ? 'degraded' : 'ok';
}

/** Longer than a request takes that uses up all limits. */
const stalledSeconds = 3600;

export function watchWorker(worker: Pick<Worker, 'status'>, now: () => Date): HealthProbe {
  return {
    component: 'signer',
    probe: async () => {
      const { places, atWork, startedAt } = worker.status();
      const longest = atWork.toSorted((a, b) => a.since.getTime() - b.since.getTime())[0];
      const measures = {
        places,
        places_taken: atWork.length,
        started_timestamp_seconds: secondsOf(startedAt),
      };
      const busy = `${atWork.length} of ${places} places at work`;
      if (longest === undefined) return { state: 'ok', detail: busy, measures };
      const seconds = since(longest.since, now());
      return {
        state: judge(seconds, stalledSeconds, Infinity),
        detail: `${busy}, the longest for ${seconds} s (request ${longest.requestId})`,
        measures: { ...measures, longest_at_work_timestamp_seconds: secondsOf(longest.since) },
      };
    },
  };
}

/** Without completed sweeps nothing is found and nothing continues. */
export function watchSweep(
  worker: Pick<Worker, 'status'>,
  sweepSeconds: number,
  now: () => Date,
): HealthProbe {
  return {
    component: 'sweep',
    probe: async () => {
      const { sweptAt, startedAt, sweepProblem, takeProblem } = worker.status();
      const seconds = since(sweptAt ?? startedAt, now());
      const age =
        sweptAt === null
          ? `none was completed since the start ${seconds} s ago`
          : `the last was completed ${seconds} s ago`;
      const state = judge(seconds, Math.max(20, 4 * sweepSeconds), Math.max(60, 12 * sweepSeconds));
      const problem = sweepProblem ?? takeProblem;
      return {
        state: state === 'ok' && problem !== null ? 'degraded' : state,
        detail: problem === null ? age : `${age}: ${problem}`,
        ...(sweptAt === null ? {} : { measures: { completed_timestamp_seconds: secondsOf(sweptAt) } }),
      };
    },
  };
}

/** A policy source that records when a check was last completed, and the age of that check. */
export function watchPolicyChecks(
  source: PolicySource,
  pollSeconds: number,
  now: () => Date,
): { readonly source: PolicySource; readonly age: () => HealthReport } {
  const startedAt = now();
  let checkedAt: Date | null = null;
  const watched: PolicySource = {
    refresh: async () => {
      const snapshot = await source.refresh();
      checkedAt = now();
      return snapshot;
    },
    inForce: () => source.inForce(),
    digestAt: (commit, project, policy) => source.digestAt(commit, project, policy),
    status: () => source.status(),
    checkFresh: () => source.checkFresh(),
    checkNotBehind: () => source.checkNotBehind(),
  };
  return {
    source: watched,
    age() {
      const seconds = since(checkedAt ?? startedAt, now());
      const detail =
        checkedAt === null
          ? `no check was completed since the start ${seconds} s ago`
          : `the last check was completed ${seconds} s ago`;
      return {
        state: judge(seconds, Math.max(60, 3 * pollSeconds), Infinity),
        detail,
        ...(checkedAt === null ? {} : { measures: { completed_timestamp_seconds: secondsOf(checkedAt) } }),
      };
    },
  };
}

/** A request that could be processed has waited this long: there are too few places, or they are blocked. */
const dueSecondsMax = 3600;

export function watchRequests(database: Pick<Database, 'query'>, now: () => Date): HealthProbe {
  return {
    component: 'requests',
    probe: async () => {
      const { groups, dueSince, isCapped } = await readBacklog(database, now());
      const count = (state: string): number =>
        groups.filter((group) => group.state === state).reduce((sum, group) => sum + group.count, 0);
      const measures: Record<string, number> = {
        due: count('due'),
        at_work: count('at-work'),
        later: count('later'),
        waiting: count('waiting'),
      };
      for (const { step, ...group } of groups) {
        measures[`open_${step}`] = (measures[`open_${step}`] ?? 0) + group.count;
        const name = `oldest_${step}_timestamp_seconds`;
        measures[name] = Math.min(measures[name] ?? Infinity, secondsOf(group.oldestAt));
      }
      if (dueSince !== null) measures['due_timestamp_seconds'] = secondsOf(dueSince);
      const seconds = dueSince === null ? 0 : since(dueSince, now());
      const due = dueSince === null ? 'none is due' : `${count('due')} due, the oldest for ${seconds} s`;
      const more = isCapped ? ' (and more that were not counted)' : '';
      const steps = groups.map(
        (group) => `${group.step} ${group.count} ${group.state}, oldest ${since(group.oldestAt, now())} s`,
      );
      return {
        state: judge(seconds, dueSecondsMax, Infinity),
        detail: [`${due}; ${count('waiting')} wait for people${more}`, ...steps].join('; '),
        measures,
      };
    },
  };
}

export const watchQueue = (queue: Pick<WakeQueue, 'health'>): HealthProbe => ({
  component: 'queue',
  probe: async () => queue.health(),
});

/** Whether other sessions block the signer, which continues with what it can. */
export function watchDatabase(
  database: Pick<Database, 'query'>,
  guard: Pick<SessionGuard, 'problem' | 'ended'>,
  now: () => Date,
): HealthProbe {
  const locks = watchLocks(database, now);
  return {
    component: 'signer-database',
    probe: async () => {
      const measures = { sessions_ended_total: guard.ended() };
      const problems = [await locks(), guard.problem()].filter((problem) => problem !== null);
      if (problems.length === 0) return { state: 'ok', detail: 'no session is blocking', measures };
      return { state: 'degraded', detail: problems.join('; '), measures };
    },
  };
}
