/** When a session ends. */
export const sessionSecondsMax = 8 * 60 * 60;

/**
 * Whether it is over, so many milliseconds after 1970. next-auth writes the cookie anew whenever it is asked for the session: without a time of the sign-in
 * in it, a stolen one would live for as long as somebody asks. One of before that time was kept ends with its cookie, or eight hours after it is first written anew.
 */
export function isOver(signedInAt: unknown, now: Date): boolean {
  if (signedInAt === undefined) return false;
  if (typeof signedInAt !== 'number') return true;
  const age = now.getTime() - signedInAt;
  return age < -60_000 || age >= sessionSecondsMax * 1000;
}
