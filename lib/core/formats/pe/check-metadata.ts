import { fail, info, pass } from '../../wire/finding/index.ts';
import type { Finding, PolicyLocation } from '../../wire/finding/index.ts';
import type { PeVersion, StringTable } from './version/index.ts';
import type { PeMetadata } from '../../generated/index.ts';
import type { Sha256Hex } from '../../ids/index.ts';
import { matchesText, nearText } from '../match-text.ts';

export interface MetadataContext {
  readonly metadata: PeMetadata;
  readonly version: PeVersion;
  /** Where the configuration requires it. */
  readonly policy: PolicyLocation | null;
  /** Path of the program in the artifact. */
  readonly path: readonly string[];
  readonly sha256: Sha256Hex;
}

/** Keys of the configuration → names in the version resource. */
const resourceNames: Readonly<Record<keyof PeMetadata, string>> = {
  productName: 'ProductName',
  productVersion: 'ProductVersion',
  fileVersion: 'FileVersion',
  companyName: 'CompanyName',
  copyright: 'LegalCopyright',
  originalFilename: 'OriginalFilename',
};

/**
 * Compares a program's version resource with what the configuration requires → one finding (`pe.metadata`) for each key.
 * Every language of the resource has to match; if languages differ although all match, or the fixed numbers differ from the
 * text, an info finding says so (`pe.metadata-differs`).
 */
export function checkMetadata(context: MetadataContext): readonly Finding[] {
  const required = Object.entries(context.metadata) as [keyof PeMetadata, string][];
  const tables = context.version.resources.flatMap((resource) => resource.tables);
  if (tables.length === 0) return [withoutResource(context, required)];
  return required.flatMap(([key, pattern]) => checkLine(context, tables, key, pattern));
}

function withoutResource(
  { version, policy, path, sha256 }: MetadataContext,
  required: readonly [keyof PeMetadata, string][],
): Finding {
  const nothing =
    version.resources.length === 0 ? 'no version resource' : 'a version resource without any text';
  return fail({
    rule: 'pe.metadata',
    message: version.goProgram
      ? 'The program has no version resource: the Go linker doesn’t create one.'
      : `The program has ${nothing}.`,
    expected: required.map(([key, pattern]) => `${resourceNames[key]} ${show(pattern)}`).join(', '),
    found: nothing,
    fix: version.goProgram
      ? 'Run goversioninfo or go-winres before `go build`: it writes a .syso file with these values, which Go links in.'
      : 'Add a VERSIONINFO resource with these values (a .rc file for C and C++, winresource for Rust, the project file for .NET), or remove `metadata` from the element.',
    policy,
    path,
    sha256,
  });
}

function checkLine(
  { version, policy, path, sha256 }: MetadataContext,
  tables: readonly StringTable[],
  key: keyof PeMetadata,
  pattern: string,
): readonly Finding[] {
  const name = resourceNames[key];
  const stated = tables.map((table) => ({ translation: table.translation, value: valueOf(table, name) }));
  const expected = `${name} ${show(pattern)}`;
  const found = describe(stated);
  const shared = { expected, found, policy, path, sha256 };
  const wrong = stated.filter(({ value }) => value === null || !matchesText(pattern, value));
  const [first] = wrong;
  if (first !== undefined) {
    const all = wrong.length === stated.length;
    const where = all ? '' : ` in language ${first.translation}`;
    const what = first.value === null ? `states no ${name}` : `states ${name} ${show(first.value)}`;
    return [
      fail({
        ...shared,
        rule: 'pe.metadata',
        message: `The program ${what}${where}; ${show(pattern)} is required.${nearText(pattern, first.value)}`,
        fix: `Set ${name} in the program’s version resource${all ? '' : ', in every language it has'}, or change \`metadata.${key}\`.`,
      }),
    ];
  }
  const matched = pass({
    ...shared,
    rule: 'pe.metadata',
    message: `The program’s ${name} matches the configuration.`,
  });
  const differing = [
    ...languagesDiffer(stated, name),
    ...numbersDiffer(version, key, stated[0]?.value ?? ''),
  ];
  return [matched, ...differing.map((message) => info({ ...shared, rule: 'pe.metadata-differs', message }))];
}

interface StatedValue {
  readonly translation: string;
  /** null: the table has no such name. */
  readonly value: string | null;
}

function valueOf(table: StringTable, name: string): string | null {
  for (const [key, value] of table.strings) {
    if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return null;
}

function languagesDiffer(stated: readonly StatedValue[], name: string): readonly string[] {
  return new Set(stated.map(({ value }) => value)).size > 1
    ? [`The languages of the version resource don’t agree on ${name}; all of them match.`]
    : [];
}

/** `1.2` and `1.2.0-beta` are consistent with the fixed numbers 1.2.0.0. */
function numbersDiffer(version: PeVersion, key: keyof PeMetadata, value: string): readonly string[] {
  if (key !== 'fileVersion' && key !== 'productVersion') return [];
  const numbers = /^[0-9]+(?:\.[0-9]+){0,3}/.exec(value)?.[0];
  if (numbers === undefined) return [];
  const padded = [...numbers.split('.').map(Number), 0, 0, 0].slice(0, 4).join('.');
  return version.resources.flatMap(({ fixed }) =>
    fixed === null || fixed[key] === padded
      ? []
      : [
          `The text of ${resourceNames[key]} starts with ${numbers}, but Windows shows the fixed number ${fixed[key]} in some places.`,
        ],
  );
}

const shownMax = 4;
const shownLengthMax = 120;

function describe(stated: readonly StatedValue[]): string {
  const [first] = stated;
  const same = stated.every(({ value }) => value === first?.value);
  if (first !== undefined && same) return first.value === null ? 'nothing' : show(first.value);
  const shown = stated
    .slice(0, shownMax)
    .map(({ translation, value }) => `${value === null ? 'nothing' : show(value)} (${translation})`);
  const left = stated.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

/** The text comes from a hostile file: shortened, and as JSON so that nothing in it is hidden. */
function show(text: string): string {
  return JSON.stringify(text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text);
}
