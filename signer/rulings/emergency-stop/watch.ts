import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { factsOf } from './entry.ts';
import type { HeldStop, StopState } from './state.ts';
import { readStops, type StopFile } from './stop-file.ts';

export interface EmergencyStops {
  /** Throws Unavailable while signing for this project is stopped: the request waits, and is tried again. */
  check(project: string): Promise<void>;
  /** What is stopped here. Throws what keeps anybody from knowing. */
  held(): Promise<readonly HeldStop[]>;
}

interface Options {
  readonly stops: StopFile;
  /** Takes in what was said meanwhile, here and at other signers; what it can't read keeps everything waiting. */
  readonly take: () => Promise<unknown>;
  /** Why nothing may be signed by this process at all; null: nothing keeps it. */
  readonly conflict: () => string | null;
}

export function watchEmergencyStops({ stops: file, take, conflict }: Options): EmergencyStops {
  let revision = 0;

  const look = async (): Promise<StopState> => {
    const state = await readStops(file);
    if (state.revision < revision) throw new Error(`${file.file} was set back to an older one`);
    ({ revision } = state);
    return state;
  };

  return {
    async check(project) {
      const problem = conflict();
      if (problem !== null) throw stopped(problem);
      const { stops } = await look()
        .then(take)
        .then(look)
        .catch((error: unknown) => {
          throw stopped(messageOf(error), error);
        });
      const found = stops
        .map((one) => factsOf(one.entry))
        .find((one) => one.project === null || one.project === project);
      if (found === undefined) return;
      const whose = found.project === null ? 'all signing' : `signing for ${found.project}`;
      throw stopped(`${whose} is stopped since ${found.at}: ${found.reason}`);
    },
    async held() {
      return (await look()).stops;
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
