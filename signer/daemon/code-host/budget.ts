/**
 * The host's limit, shared by all projects. Until half of an hour's requests are spent, everybody may ask; from then on a project may
 * only ask as long as it has had less than its equal share, so that one with a hundred builds doesn't keep the others from releasing.
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
      const share = requestsPerHourMax / (spent.size + (spent.has(project) ? 0 : 1));
      const isOver = used >= requestsPerHourMax || (used >= requestsPerHourMax / 2 && own >= share);
      return isOver ? new Date(began + hour) : null;
    },
    count(project) {
      turn();
      spent.set(project, (spent.get(project) ?? 0) + 1);
    },
  };
}
