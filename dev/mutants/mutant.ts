/** One guard, and the test that has to die without it. */
export interface Mutant {
  /** From the project's root. */
  readonly file: string;
  /** Text that the file holds exactly once: the guard. */
  readonly find: string;
  /** The replacement: code that still loads, without the guard. */
  readonly replace: string;
  readonly test: GuardTest;
}

/** Whether it is in the database's own code, which a database has from its beginning: its test needs one of its own. */
export const isOfDatabase = ({ file }: Pick<Mutant, 'file'>): boolean => file.endsWith('.sql');

export interface GuardTest {
  /** From the project's root. */
  readonly file: string;
  /** Title as it stands in the file, or its beginning; the test that fails; of a table of tests one at least. */
  readonly title: string;
}

/** Guards of one part of the product. */
export interface Area {
  readonly name: string;
  readonly mutants: readonly Mutant[];
}

/** `guard in file, replacement, title of the test`: most guards of an area are in few files with one file of tests. */
export function guards(
  file: string,
  test: string,
  lines: readonly (readonly [find: string, replace: string, title: string])[],
): readonly Mutant[] {
  return lines.map(([find, replace, title]) => ({ file, find, replace, test: { file: test, title } }));
}
