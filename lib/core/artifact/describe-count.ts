/** Bounds → words: `exactly 1 file`, `2 to 5 files`, `at least 1 file`, `any number of files`. */
export function describeBounds(min: number, max: number | null): string {
  if (max === null) return min === 0 ? 'any number of files' : `at least ${files(min)}`;
  if (min === max) return `exactly ${files(min)}`;
  return min === 0 ? `at most ${files(max)}` : `${min} to ${files(max)}`;
}

export function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
