/** How far a transfer is: a bar on a terminal, a plain line now and then in a log. */
import type { OnProgress, Progress } from './client/index.ts';
import { bar, clearLine } from './bar.ts';

/** Where what isn't the result goes: standard error. */
export interface Screen {
  readonly write: (text: string) => void;
  /** It shows one line over and over; a dumb terminal and a log don't. */
  readonly isTerminal: boolean;
}

const barMilliseconds = 100;
const lineMilliseconds = 10_000;
/** What takes less needs no bar. */
const quietMilliseconds = 500;
const mebibyte = 1024 * 1024;
const words = { digest: 'Reading', upload: 'Uploading', download: 'Downloading' } as const;

export interface Shown {
  readonly onProgress: OnProgress;
  /** Clears the bar. */
  readonly end: () => void;
}

export function showTransfer(
  screen: Screen,
  name: string,
  now: () => number = () => performance.now(),
): Shown {
  const begun = now();
  let phase: Progress['phase'] | null = null;
  let from = { at: begun, bytes: 0 };
  let shownAt = begun;
  let isOn = false;
  return {
    onProgress(progress) {
      const at = now();
      if (progress.phase !== phase) {
        phase = progress.phase;
        from = { at, bytes: progress.bytes };
      }
      const every = screen.isTerminal ? barMilliseconds : lineMilliseconds;
      if (at - begun < quietMilliseconds || at - shownAt < every) return;
      shownAt = at;
      isOn = screen.isTerminal;
      const text = line(progress, { name, milliseconds: at - from.at, moved: progress.bytes - from.bytes });
      screen.write(screen.isTerminal ? `${clearLine}${text.bar}` : `${text.plain}\n`);
    },
    end() {
      if (isOn) screen.write(clearLine);
      isOn = false;
    },
  };
}

interface Pace {
  readonly name: string;
  readonly milliseconds: number;
  readonly moved: number;
}

function line({ phase, bytes, total }: Progress, { name, milliseconds, moved }: Pace) {
  const part = total === 0 ? 1 : Math.min(1, bytes / total);
  const size = `${mebibytes(bytes)} of ${mebibytes(total)} MiB`;
  const perSecond = milliseconds < 1000 ? 0 : (moved / milliseconds) * 1000;
  const pace =
    perSecond === 0 ? '' : `, ${mebibytes(perSecond)} MiB/s, ${left((total - bytes) / perSecond)} left`;
  return {
    bar: `${words[phase].padEnd(11)} ${bar(part)}  ${size}${pace}`,
    plain: `${words[phase]} ${name}: ${Math.floor(part * 100)} %, ${size}${pace}`,
  };
}

const mebibytes = (bytes: number): string => (bytes / mebibyte).toFixed(bytes < 10 * mebibyte ? 1 : 0);

const left = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
