import type { JsonValue } from '../../lib/core/json/index.ts';
import { messageOf, Unavailable } from '../availability/index.ts';
import { readStops, type EmergencyStop } from './stops.ts';

export interface EmergencyStops {
  /** Throws Unavailable while signing for this project is stopped: the request waits, and is tried again. */
  check(project: string): Promise<void>;
  /** In words; null: nothing is stopped. */
  describe(): Promise<string | null>;
}

interface Options {
  readonly file: string;
  /** Takes in what people signed meanwhile; what it can't read keeps everything waiting. */
  readonly takeStatements?: () => Promise<unknown>;
  /** Writes into the journal what was stopped or lifted; once for each change that this signer sees. */
  readonly onChange: (change: { readonly kind: string; readonly body: JsonValue }) => Promise<void>;
}

export function watchEmergencyStops({ file, onChange, takeStatements }: Options): EmergencyStops {
  let seen: readonly EmergencyStop[] = [];
  let telling: Promise<unknown> = Promise.resolve();

  const look = async (): Promise<readonly EmergencyStop[]> => {
    const stops = await readStops(file);
    // A journal that can't be written must not keep a stop from being one.
    telling = telling.then(() => tell(stops)).catch(() => undefined);
    return stops;
  };
  const tell = async (stops: readonly EmergencyStop[]): Promise<void> => {
    const key = (one: EmergencyStop): string => JSON.stringify(one);
    const [before, now] = [new Set(seen.map(key)), new Set(stops.map(key))];
    for (const one of stops.filter((each) => !before.has(key(each)))) {
      await onChange({ kind: 'signing.stopped', body: { ...one } });
    }
    for (const one of seen.filter((each) => !now.has(key(each)))) {
      await onChange({ kind: 'signing.resumed', body: { ...one } });
    }
    seen = stops;
  };

  return {
    async check(project) {
      const stops = await Promise.resolve(takeStatements?.())
        .then(look)
        .catch((error: unknown) => {
          throw stopped(messageOf(error), error);
        });
      const found = stops.find((one) => one.project === null || one.project === project);
      if (found === undefined) return;
      const whose = found.project === null ? 'all signing' : `signing for ${found.project}`;
      throw stopped(`${whose} is stopped since ${found.at}: ${found.reason}`);
    },
    async describe() {
      const stops = await look();
      if (stops.length === 0) return null;
      return stops
        .map((one) => `${one.project ?? 'everything'} is stopped since ${one.at}: ${one.reason}`)
        .join('; ');
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
