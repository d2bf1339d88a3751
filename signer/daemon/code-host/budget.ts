/**
 * The host's limit, shared by all projects: none may have had more of an hour's requests than are left. So one alone has half of them,
 * and whoever comes after others, however many they were, still has half of what these left.
 */
const hour = 3_600_000;

export interface Budget {
  /** null: it may ask. Otherwise when it may again. */
  wait(project: string): Date | null;
  /** A request that the host counts. */
  count(project: string): void;
}

export function openBudget(requestsPerHourMax: number, now: () => Date): Budget {
  let began = now().getTime();
  let spent = new Map<string, number>();
  const turn = (): void => {
    const at = now().getTime();
    if (at - began < hour && at >= began) return;
    began = at;
    spent = new Map();
  };
  return {
    wait(project) {
      turn();
      const own = spent.get(project) ?? 0;
      const used = [...spent.values()].reduce((sum, one) => sum + one, 0);
      return own >= requestsPerHourMax - used ? new Date(began + hour) : null;
    },
    count(project) {
      turn();
      spent.set(project, (spent.get(project) ?? 0) + 1);
    },
  };
}
