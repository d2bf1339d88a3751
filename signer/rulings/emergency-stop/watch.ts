import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { factsOf } from './entry.ts';
import type { ActiveStop, StopState } from './state.ts';
import { readStops, type StopFile } from './stop-file.ts';

export interface EmergencyStops {
  /** Throws Unavailable while signing for this project is stopped: the request waits, and is tried again. */
  check(project: string): Promise<void>;
  /** The stops in force here. Throws where they can't be read. */
  active(): Promise<readonly ActiveStop[]>;
}

interface Options {
  readonly stops: StopFile;
  /** Brings the file up to date with other signers; where that fails, everything waits. */
  readonly sync: () => Promise<unknown>;
  /** Why this process may sign nothing at all; null: it may. */
  readonly conflict: () => string | null;
}

export function watchEmergencyStops({ stops: file, sync: take, conflict }: Options): EmergencyStops {
  let revision = 0;

  const read = async (): Promise<StopState> => {
    const state = await readStops(file);
    if (state.revision < revision) throw new Error(`${file.file} was set back to an older one`);
    ({ revision } = state);
    return state;
  };

  return {
    async check(project) {
      const problem = conflict();
      if (problem !== null) throw stopped(problem);
      const { stops } = await read()
        .then(take)
        .then(read)
        .catch((error: unknown) => {
          throw stopped(messageOf(error), error);
        });
      const found = stops
        .map((stop) => factsOf(stop.entry))
        .find((facts) => facts.project === null || facts.project === project);
      if (found === undefined) return;
      const whose = found.project === null ? 'all signing' : `signing for ${found.project}`;
      throw stopped(`${whose} is stopped since ${found.at}: ${found.reason}`);
    },
    async active() {
      return (await read()).stops;
    },
  };
}

const stopped = (message: string, cause?: unknown): Unavailable =>
  new Unavailable(
    'policy',
    message,
    'when the emergency is over, a policy maintainer lifts it at /emergency-stop, or whoever has the signer’s host there',
    cause,
  );
