/** A draft → YAML, in the layout of `countersign fmt`, with comments. The same draft makes the same text. */
import type { DraftBody, DraftElement, DraftPattern } from './draft.ts';
import type { Metadata } from './metadata.ts';
import { versionMark } from './version.ts';

/** Fails its schema, which asks for ten characters: whoever takes the text over has to say something. */
const unfinishedReason = 'TODO';

/** What a request may call a version. */
export const versionPattern = '*.*';

export function writeConfiguration(
  root: DraftBody,
  { about, version }: { readonly about: readonly string[]; readonly version: string | null },
): string {
  const lines = [
    ...about.map((line) => `# ${line}`),
    'apiVersion: countersign/v1',
    'kind: ArtifactConfiguration',
    ...(version === null
      ? []
      : ['parameters:', `  - { name: version, pattern: '${versionPattern}', required: true }`]),
    'root:',
    ...indented(bodyLines(root)),
  ];
  return `${lines.join('\n')}\n`;
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

function bodyLines(body: DraftBody, place: readonly string[] = []): readonly string[] {
  const { type, metadata, verify, opaque, follows, method, contents } = body;
  return [
    `type: ${type}`,
    ...place,
    ...metadataLines(metadata),
    ...(verify ? ['verify: authenticode'] : []),
    ...(opaque ? [`opaque: { reason: ${unfinishedReason} }`] : []),
    ...(follows === null ? [] : [`follows: { format: ${follows} }`]),
    ...(method === null ? [] : [`sign: { method: ${method} }`]),
    ...(contents === null ? [] : ['contents:', ...indented(contents.flatMap(elementLines))]),
  ];
}

const metadataLines = (metadata: Metadata): readonly string[] =>
  Object.keys(metadata).length === 0 ? [] : [`metadata: ${flow(metadata)}`];

const flow = (metadata: Metadata): string =>
  `{ ${Object.entries(metadata)
    .map(([key, value]) => `${key}: ${scalar(value)}`)
    .join(', ')} }`;

function elementLines(element: DraftElement): readonly string[] {
  if (element.is === 'directory')
    return listItem([
      'type: directory',
      `path: ${scalar(element.path)}`,
      'contents:',
      ...indented(element.contents.flatMap(elementLines)),
    ]);
  const { comment, patterns, body } = element;
  const [only, ...more] = patterns;
  if (only === undefined) return [];
  const asked = { ...body, metadata: { ...body.metadata, ...only.metadata } };
  const lines =
    more.length === 0
      ? bodyLines(asked, patternLines({ ...only, metadata: {} }))
      : [
          'type: set',
          'include:',
          ...indented(patterns.map(patternItem)),
          'each:',
          ...indented(bodyLines(body)),
        ];
  return [`# ${comment}`, ...listItem(lines)];
}

const listItem = ([first = '', ...rest]: readonly string[]): readonly string[] => [
  `- ${first}`,
  ...indented(rest),
];

const patternLines = ({ path, min }: DraftPattern): readonly string[] => [
  `path: ${scalar(path)}`,
  ...(min === null ? [] : [`matches: { min: ${min}, max: unbounded }`]),
];

const patternItem = ({ path, min, metadata }: DraftPattern): string =>
  `- { ${[
    `path: ${scalar(path)}`,
    ...(min === null ? [] : [`matches: { min: ${min}, max: unbounded }`]),
    ...metadataLines(metadata),
  ].join(', ')} }`;

/** Words that YAML reads as something else than text, and numbers, stand in quotes. */
function scalar(text: string): string {
  const escaped = text.replaceAll('${', () => '$${').replaceAll(versionMark, () => '${version}');
  const isPlain =
    /^[A-Za-z_][A-Za-z0-9_./ -]*$/.test(escaped) &&
    !/\s$|^(?:true|false|null|yes|no|on|off|y|n)$/i.test(escaped);
  if (isPlain) return escaped;
  if (/^[\x20-\x7e]*$/.test(escaped)) return `'${escaped.replaceAll("'", "''")}'`;
  return JSON.stringify(escaped.toWellFormed());
}
