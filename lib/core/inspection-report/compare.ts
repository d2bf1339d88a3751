/**
 * Which file of one report is which of another: first those of one path, then those whose paths differ by versions alone, then those of
 * one content. Pure.
 */
export interface ComparedFile {
  readonly position: number;
  /** JSON of the path’s steps, or anything that only one path has. */
  readonly path: string;
  /** `ReportRow.likeness`. */
  readonly likeness: string;
  readonly sha256: string | null;
  readonly sizeBytes: number;
}

export interface Pairing<File extends ComparedFile = ComparedFile> {
  readonly added: readonly File[];
  readonly removed: readonly File[];
  /** Of one path, or of one but for versions, whether or not its content is the same. */
  readonly paired: readonly { readonly before: File; readonly after: File; readonly renamed: boolean }[];
  /** The same content in another place. */
  readonly moved: readonly { readonly before: File; readonly after: File }[];
}

export function pairFiles<File extends ComparedFile>(
  before: readonly File[],
  after: readonly File[],
): Pairing<File> {
  const byPath = pairBy(before, after, ({ path }) => path);
  // Of several that versions make alike, those of one content belong together first.
  const unchanged = pairBy(byPath.before, byPath.after, ({ likeness, sha256 }) => `${likeness} ${sha256}`);
  const alike = pairBy(unchanged.before, unchanged.after, ({ likeness }) => likeness);
  const moved = pairBy(alike.before, alike.after, ({ sha256, sizeBytes }) =>
    sizeBytes === 0 ? null : sha256,
  );
  const renamed = [...unchanged.pairs, ...alike.pairs].map((pair) => ({ ...pair, renamed: true }));
  const paired = [...byPath.pairs.map((pair) => ({ ...pair, renamed: false })), ...renamed];
  return {
    added: moved.after,
    removed: moved.before,
    paired: paired.sort(inOrder),
    moved: moved.pairs.toSorted(inOrder),
  };
}

const inOrder = (one: { readonly after: ComparedFile }, other: { readonly after: ComparedFile }): number =>
  one.after.position - other.after.position;

/** Files of one key are paired in their order; a key may be there several times. null: it isn't paired. */
function pairBy<File>(before: readonly File[], after: readonly File[], keyOf: (file: File) => string | null) {
  const waiting = new Map<string, File[]>();
  for (const file of before) {
    const key = keyOf(file);
    if (key === null) continue;
    const others = waiting.get(key);
    if (others === undefined) waiting.set(key, [file]);
    else others.push(file);
  }
  for (const files of waiting.values()) files.reverse();
  const pairs: { readonly before: File; readonly after: File }[] = [];
  const left: File[] = [];
  const taken = new Set<File>();
  for (const file of after) {
    const key = keyOf(file);
    const other = key === null ? undefined : waiting.get(key)?.pop();
    if (other === undefined) left.push(file);
    else {
      taken.add(other);
      pairs.push({ before: other, after: file });
    }
  }
  return { pairs, before: before.filter((file) => !taken.has(file)), after: left };
}
