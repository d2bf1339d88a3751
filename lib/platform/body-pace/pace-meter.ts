/** Distinguishes a slow line from a sender who only holds a connection open. Pure: time and bytes are arguments. */

export interface Pace {
  /** The longest pause without a byte. */
  readonly idleMilliseconds: number;
  /** On average over each window, pauses included. */
  readonly bytesPerSecondMin: number;
  /** Length of a window; the first is the time to get going. */
  readonly windowMilliseconds: number;
}

export interface Look {
  /** in milliseconds, from any start */
  readonly now: number;
  /** since the beginning of the body */
  readonly bytes: number;
  /** Bytes have arrived that the portal hasn't read yet: it is the portal that is slow (a full disk, a busy one). */
  readonly unread: boolean;
}

export type PaceFault = 'stalled' | 'slow';

/**
 * → a function, called at intervals, that returns what is wrong with the pace of a body; null: nothing. Windows are
 * consecutive, so that a fast first gigabyte doesn't allow a slow day. Time in which the portal was the slow side isn't
 * counted.
 */
export function createPaceMeter(
  { idleMilliseconds, bytesPerSecondMin, windowMilliseconds }: Pace,
  start: number,
): (look: Look) => PaceFault | null {
  const windowBytesMin = (bytesPerSecondMin * windowMilliseconds) / 1000;
  let last = { at: start, bytes: 0 };
  let silentMilliseconds = 0;
  let window = { milliseconds: 0, bytes: 0 };
  return ({ now, bytes, unread }) => {
    const passed = Math.max(0, now - last.at);
    const came = Math.max(0, bytes - last.bytes);
    last = { at: now, bytes };
    silentMilliseconds = came > 0 || unread ? 0 : silentMilliseconds + passed;
    window = { milliseconds: window.milliseconds + (unread ? 0 : passed), bytes: window.bytes + came };
    if (silentMilliseconds >= idleMilliseconds) return 'stalled';
    if (window.milliseconds < windowMilliseconds) return null;
    const enough = window.bytes >= windowBytesMin;
    window = { milliseconds: 0, bytes: 0 };
    return enough ? null : 'slow';
  };
}
