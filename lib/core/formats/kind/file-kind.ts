import type { Project } from '../../generated/index.ts';

/**
 * Something that users start, something that users start to install others, something that programs load, and anything else, of
 * which its signature says no more than whose it is.
 */
export const fileKinds = ['program', 'installer', 'library', 'other'] as const;
export type FileKind = (typeof fileKinds)[number];

type Program = Project['program'];

/**
 * `components` has no review of a project's reputation: what it signs must be useless to people who don't judge it
 * themselves, that is, to everybody who starts a file because of its signature.
 */
const kindsOfPrograms: Readonly<Record<Program, readonly FileKind[]>> = {
  executables: fileKinds,
  components: ['library'],
};

export const maySign = (program: Program, kind: FileKind): boolean => kindsOfPrograms[program].includes(kind);

/** With its article, for the middle of a sentence. */
export const kindWords: Readonly<Record<FileKind, string>> = {
  program: 'a program',
  installer: 'an installer',
  library: 'a library',
  other: 'a file of another kind',
};

/** What a project of the program may have signed, for the middle of a sentence. */
export function programPhrase(program: Program): string {
  return program === 'components'
    ? 'libraries that other programs load, and nothing that users start or install'
    : 'programs, installers, libraries and files of other kinds';
}

/** File endings that Windows starts or installs on a double click or at boot, whatever is inside. */
const startedEndings = /\.(?:exe|com|scr|pif|cpl|xll|wll|sys|efi|msc|msi|msp)$/i;

export interface ToldKind {
  readonly kind: FileKind;
  /** Why, a sentence's end: `its header says that Windows starts it as a process`. */
  readonly because: string;
}

/** What a program's content says → its kind. `carries`: names of the formats recognised in it. */
export function kindByContent(told: ToldKind, carries: readonly string[]): ToldKind {
  const installer = carries.find((carry) => /installer/i.test(carry));
  if (told.kind === 'library' || installer === undefined) return told;
  return { kind: 'installer', because: `it contains what an installer unpacks: ${installer}` };
}

/**
 * The kind of a file that is released under this name. A name doesn't make a library of a program; but a library that is
 * named like a program is opened as one, and its code runs.
 */
export function kindUnderName(told: ToldKind, name: string): ToldKind {
  if (told.kind !== 'library' || !startedEndings.test(name)) return told;
  return {
    kind: 'program',
    because: `it is a library, but Windows opens what is named ${name} like a program`,
  };
}
