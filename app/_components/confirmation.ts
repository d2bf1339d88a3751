/** The confirmation that a page shows for the word in its address. Anybody can write the address: null for unknown words. */
export function confirmationFor(
  told: Readonly<Record<string, string>>,
  done: string | string[] | undefined,
): string | null {
  return typeof done === 'string' && Object.hasOwn(told, done) ? (told[done] ?? null) : null;
}
