/** What a package says of itself: kept as facts, and held against what the configuration asks for. */
import type { NugetMetadata } from '../../generated/index.ts';
import { fail, pass, type Finding, type PolicyLocation } from '../../wire/finding/index.ts';
import type { Sha256Hex } from '../../ids/index.ts';
import { factTextMax, type FactName } from '../format.ts';
import { matchesText, nearText } from '../match-text.ts';
import type { Nuspec } from './nuspec.ts';

type Key = keyof NugetMetadata;

/** Keys of the configuration → names of facts, and words for sentences. */
const keys: Readonly<Record<Key, { readonly fact: string; readonly words: string }>> = {
  id: { fact: 'Id', words: 'id' },
  version: { fact: 'Version', words: 'version' },
  authors: { fact: 'Authors', words: 'authors' },
  repositoryUrl: { fact: 'RepositoryUrl', words: 'repository address' },
  repositoryCommit: { fact: 'RepositoryCommit', words: 'repository commit' },
};

/** From the .nuspec. */
export const factNames: readonly FactName[] = [
  { name: 'Id', words: 'Package id' },
  { name: 'Version', words: 'Version' },
  { name: 'Authors', words: 'Authors' },
  { name: 'Owners', words: 'Owners' },
  { name: 'RepositoryUrl', words: 'Repository' },
  { name: 'RepositoryCommit', words: 'Repository commit' },
  { name: 'PackageTypes', words: 'Package types' },
];

export const metadataKeys = Object.keys(keys) as readonly Key[];

/** As `describe` says it: `it must say id “Widget” and version “1.*”`. */
export function describeMetadata(metadata: NugetMetadata | null): string {
  const asked = metadataKeys.flatMap((key) => {
    const value = metadata?.[key];
    return value === undefined ? [] : [`${keys[key].words} “${value}”`];
  });
  const last = asked.pop();
  if (last === undefined) return '';
  return `it must say ${asked.length === 0 ? last : `${asked.join(', ')} and ${last}`}`;
}

/** Texts for the journal, by the names of facts. */
export function textsOf(nuspec: Nuspec): Readonly<Record<string, string>> {
  const { id, version, authors, owners, repositoryUrl, repositoryCommit, packageTypes } = nuspec;
  const said: Readonly<Record<string, string | null>> = {
    Id: id,
    Version: version,
    Authors: authors,
    Owners: owners,
    RepositoryUrl: repositoryUrl,
    RepositoryCommit: repositoryCommit,
    PackageTypes: packageTypes.length === 0 ? null : packageTypes.join(', '),
  };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
  );
}

export function recordedTexts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.slice(0, factTextMax)]));
}

/** The first text that is asked for and that the journal may have cut; null: none. */
export function cutText(metadata: NugetMetadata, texts: Readonly<Record<string, string>>): string | null {
  const cut = metadataKeys.find(
    (key) => metadata[key] !== undefined && (texts[keys[key].fact] ?? '').length >= factTextMax,
  );
  return cut === undefined ? null : keys[cut].words;
}

interface MetadataContext {
  readonly metadata: NugetMetadata;
  readonly texts: Readonly<Record<string, string>>;
  readonly policy: PolicyLocation | null;
  readonly path: readonly string[];
  readonly sha256: Sha256Hex | null;
}

/** One finding (`nuget.metadata`) for each key that is asked for. */
export function checkMetadata({
  metadata,
  texts,
  policy,
  path,
  sha256,
}: MetadataContext): readonly Finding[] {
  return metadataKeys.flatMap((key): readonly Finding[] => {
    const pattern = metadata[key];
    if (pattern === undefined) return [];
    const { fact, words } = keys[key];
    const text = texts[fact] ?? null;
    const about = {
      rule: 'nuget.metadata',
      expected: `${words} ${show(pattern)}`,
      found: text === null ? 'nothing' : show(text),
      policy,
      path,
      ...(sha256 === null ? {} : { sha256 }),
    };
    if (text !== null && matchesText(pattern, text))
      return [pass({ ...about, message: `The package’s ${words} matches the configuration.` })];
    const said = text === null ? `states no ${words}` : `states ${words} ${show(text)}`;
    return [
      fail({
        ...about,
        message: `The package’s .nuspec ${said}; ${show(pattern)} is required.${nearText(pattern, text)}`,
        fix: `Set it where the package is made (${properties[key]} in the project file), or change \`metadata.${key}\`.`,
      }),
    ];
  });
}

const properties: Readonly<Record<Key, string>> = {
  id: 'PackageId',
  version: 'Version',
  authors: 'Authors',
  repositoryUrl: 'RepositoryUrl',
  repositoryCommit: 'RepositoryCommit, which Source Link sets',
};

const shownLengthMax = 120;

/** The text comes from a hostile file: shortened, and as JSON so that nothing in it is hidden. */
function show(text: string): string {
  return JSON.stringify(text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text);
}
