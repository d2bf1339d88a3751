/** Tells a slow line from a sender who only holds a connection open. Pure: time and bytes come in. */

export interface Pace {
  /** So long nothing may arrive. */
  readonly idleMilliseconds: number;
  /** On average over each window, a connection that stops and goes on included. */
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
 * → what takes a look at a body now and then, and says what is wrong with its pace; null: nothing. The windows follow each other,
 * so that who was fast for a gigabyte can't be slow for a day. Time in which the portal was the slow one counts in none.
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
