/** How deep a stranger's JSON may be: JSON.parse reads any depth, and what writes it again, or walks it, ends in a stack overflow. */
export const nestingMax = 64;

/** Level by level and not by recursion, which is what deep nesting is sent to break. */
export function isNestedTooDeeply(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= nestingMax; depth += 1) {
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as readonly unknown[]) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
