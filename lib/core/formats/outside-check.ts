/**
 * How whoever has a signed file checks it with programs that aren't this one. Each format says it in its folder; what stands here finds the
 * one for a file of which only names are left.
 */

/** Words of a shell: names that need it are quoted. */
export interface CheckedFiles {
  readonly file: string;
  /** The file with the signature, where it is one of its own. */
  readonly signature: string;
  /** PEM: the root of the certificate that signed, and of the timestamp; null: there is no timestamp. */
  readonly root: string;
  readonly timestampRoot: string | null;
}

export interface OutsideCheck {
  /** Of the names of files that are checked so; of a signature in a file of its own, that file's. */
  readonly endings: readonly string[];
  readonly isBeside: boolean;
  /** That has to be installed: `osslsigncode`. */
  readonly program: string;
  readonly command: (files: CheckedFiles) => string;
  /** What Windows itself says of it, as a sentence with its command in backquotes; null: nothing. */
  readonly onWindows: string | null;
}

/** The check for a file with this name, and the one beside it with its signature; null: no format knows such a name. */
export function outsideCheckOf(
  checks: readonly OutsideCheck[],
  { path, signaturePath }: { readonly path: string; readonly signaturePath: string | null },
): OutsideCheck | null {
  const name = (signaturePath ?? path).toLowerCase();
  const fitting = checks.filter(
    ({ isBeside, endings }) =>
      isBeside === (signaturePath !== null) && endings.some((ending) => name.endsWith(ending)),
  );
  const lengthOf = ({ endings }: OutsideCheck): number =>
    Math.max(...endings.filter((ending) => name.endsWith(ending)).map((ending) => ending.length));
  // `.p7s.pem` before `.pem`.
  return fitting.toSorted((one, other) => lengthOf(other) - lengthOf(one))[0] ?? null;
}
