/** What a page says after something was done, by the word in its address, which anybody can write: null for all others. */
export function toldAfter(
  told: Readonly<Record<string, string>>,
  done: string | string[] | undefined,
): string | null {
  return typeof done === 'string' && Object.hasOwn(told, done) ? (told[done] ?? null) : null;
}
