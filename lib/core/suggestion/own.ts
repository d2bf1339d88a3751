/** Whose the files of a sample are: what the project built gets signed, what it ships of others doesn't. */
import type { SampleFile } from './sample.ts';

export interface Own {
  /** By most of its unsigned programs, in small letters; null: they don't say. */
  readonly company: string | null;
  /** A Java archive in an archive, where most are libraries of others. */
  readonly isOwnJar: (file: SampleFile) => boolean;
}

export function ownIn(root: SampleFile): Own {
  const files = [...flat([root])];
  const company = mostOf(files.filter(({ facts }) => facts?.signed === false && facts.kind === 'program'));
  const jars = files.filter(({ facts, path }) => facts?.type === 'jar' && path !== '');
  const started = jars.filter(({ facts }) => facts?.texts?.['Main-Class'] !== undefined);
  const stem = stemOf(root.name);
  return {
    company,
    isOwnJar(file) {
      const said = companyOf(file);
      if (said !== null && company !== null) return said === company;
      return jars.length === 1 || (started.length === 1 && started[0] === file) || isNamedLike(file, stem);
    },
  };
}

function mostOf(files: readonly SampleFile[]): string | null {
  const counts = new Map<string, number>();
  for (const file of files) {
    const company = companyOf(file);
    if (company !== null) counts.set(company, (counts.get(company) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return most?.[0] ?? null;
}

function* flat(files: readonly SampleFile[]): Generator<SampleFile> {
  for (const file of files) {
    yield file;
    if (file.opened !== null) yield* flat(file.opened.files);
  }
}

const vendors: Readonly<Record<string, string>> = { pe: 'CompanyName', jar: 'Implementation-Vendor' };

/** As the file itself says; null: it doesn't. */
export function companyOf({ facts }: SampleFile): string | null {
  const said = facts?.texts?.[vendors[facts.type] ?? '']?.trim().toLowerCase() ?? '';
  return said === '' ? null : said;
}

const stemMin = 4;

/** `widget` of widget-1.4.2-linux.zip. */
const stemOf = (name: string): string => /^[a-z]+/.exec(name.toLowerCase())?.[0] ?? '';

function isNamedLike({ path }: SampleFile, stem: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return stem.length >= stemMin && name.startsWith(stem) && !/^[a-z]/.test(name.slice(stem.length));
}
