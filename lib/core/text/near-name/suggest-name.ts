/** The name that was probably meant, or null: at most a third of the letters differ. */
export function suggestName(found: string, names: readonly string[]): string | null {
  if (found.length > 64) return null;
  let best: { name: string; distance: number } | null = null;
  for (const name of names) {
    if (name.length > 64) continue;
    const allowed = Math.max(1, Math.floor(Math.max(found.length, name.length) / 3));
    // Names whose lengths differ by more can't be close; there may be ten thousand of them.
    if (Math.abs(found.length - name.length) > allowed) continue;
    const distance = editDistance(found.toLowerCase(), name.toLowerCase());
    if (distance <= allowed && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

/** The end of a sentence about a name that isn't known: `; did you mean …?` or a full stop. */
export function didYouMean(found: string, names: Iterable<string>): string {
  const meant = suggestName(found, [...names]);
  return meant === null ? '.' : `; did you mean \`${meant}\`?`;
}

/** Levenshtein distance with neighbouring letters swapped as one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(value);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
