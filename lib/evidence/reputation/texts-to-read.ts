/** Which files of a repository say something about its licence and its money. Chosen from its tree, and few. */
import type { Answers } from './answers.ts';

export interface TextToRead {
  readonly path: string;
  /** How much of it is kept. */
  readonly charactersMax: number;
}

export const licenceFile =
  /(?:^|\/)(?:LICEN[CS]E|COPYING|NOTICE|UNLICENSE|EULA)(?:[.-][A-Za-z0-9._-]{1,40})?$/i;
export const fundingFile = /^(?:\.github\/|docs\/)?FUNDING\.ya?ml$/i;
export const readmeFile = /^(?:\.github\/|docs\/)?README(?:\.(?:md|markdown|rst|txt|adoc))?$/i;
export const manifestFile =
  /^(?:package\.json|composer\.json|pyproject\.toml|Cargo\.toml|[\w.-]{1,60}\.gemspec)$/;
const sourceFile =
  /\.(?:c|cc|cpp|h|hpp|cs|go|java|js|kt|m|mjs|pas|php|pl|ps1|py|rb|rs|swift|ts|tsx|vb|zig)$/i;
/** What others made, or nobody wrote. */
export const othersPlace =
  /(?:^|\/)(?:node_modules|vendor|third[_-]?party|external|deps|dist|build|generated|tests?|testdata|fixtures?|examples?)\//i;

const kinds = [
  { pattern: readmeFile, filesMax: 1, charactersMax: 60_000 },
  { pattern: fundingFile, filesMax: 1, charactersMax: 20_000 },
  { pattern: manifestFile, filesMax: 4, charactersMax: 60_000 },
  { pattern: licenceFile, filesMax: 12, charactersMax: 12_000 },
] as const;
const sampledMax = 10;
const headerCharactersMax = 3_000;
const sizeBytesMax = 400_000;

/** At most 28; none where there is no tree. */
export function textsToRead(answers: Answers): readonly TextToRead[] {
  const answer = answers.tree;
  if (!answer.ok) return [];
  const files = answer.value.files.filter((file) => (file.sizeBytes ?? 0) <= sizeBytesMax);
  const depth = (path: string): number => path.split('/').length;
  const chosen = kinds.flatMap(({ pattern, filesMax, charactersMax }) =>
    files
      .filter(({ path }) => pattern.test(path))
      .sort((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1))
      .slice(0, filesMax)
      .map(({ path }) => ({ path, charactersMax })),
  );
  const sources = files.filter(({ path }) => sourceFile.test(path) && !othersPlace.test(path));
  return [...chosen, ...evenly(sources).map(({ path }) => ({ path, charactersMax: headerCharactersMax }))];
}

/** Over the whole tree, so that no single folder speaks for all. */
function evenly<T>(all: readonly T[]): readonly T[] {
  const step = Math.max(1, all.length / sampledMax);
  return Array.from(
    { length: Math.min(sampledMax, all.length) },
    (_, at) => all[Math.floor(at * step)],
  ).filter((item) => item !== undefined);
}

export const isSource = (path: string): boolean => sourceFile.test(path);
