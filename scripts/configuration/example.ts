/** An annotated example of each configuration, from the records of keys: what an installation sets stands there, everything else commented out. Pure. */
import { stringify } from 'yaml';
import type { ConfiguredProcess } from './processes.ts';
import { settingsOf, unitOf, type Setting } from './settings.ts';

const widthMax = 110;

export function exampleOf(process: ConfiguredProcess): string {
  return `${[
    `# /etc/countersign/${process.name}.yaml: ${process.title}. Every key is here; what is commented out (#name: …) shows its default, or a sample.`,
    '# Generated from the parser by `npm run generate`; docs/reference/configuration.md has bounds and more.',
    '',
    ...settingsOf(process).flatMap((setting) => linesOf(setting, true)),
  ].join('\n')}\n`;
}

/** `isLive`: what is around it stands there. */
function linesOf(setting: Setting, isLive: boolean): readonly string[] {
  const { words, isRequired } = setting;
  if (words.notInExample === true) return [];
  const isSet = isRequired || words.example !== undefined;
  const value = valueLines(setting, isLive && isSet);
  const body =
    isSet || !isLive
      ? value
      : value.map((line) => (line.startsWith('#  ') || line === '' ? line : `#${line}`));
  return [...annotation(setting), ...alternative(setting), ...body];
}

function annotation({ words, isRequired, ...setting }: Setting): readonly string[] {
  const unit = unitOf({ words, isRequired, ...setting }) ?? '';
  const said = [
    words.means,
    unit === '' ? '' : `In ${unit}.`,
    isRequired || words.default === undefined ? '' : `Left out: ${words.default}.`,
    words.secret === undefined ? '' : `Secret: ${words.secret}.`,
  ];
  return wrap(said.filter((one) => one !== '').join(' ')).map((line) => `# ${line}`);
}

/** Of what the example says as a text and could be keys: these, in a comment. */
function alternative({ name, words, below }: Setting): readonly string[] {
  const [first] = below;
  if (first === undefined || typeof words.example !== 'string') return [];
  return [`# Or: ${name}: ${flow(sampleOf(first))}`];
}

const sampleOf = (settings: readonly Setting[]): unknown =>
  Object.fromEntries(
    settings
      .filter(({ isRequired }) => isRequired)
      .map(({ name, words, below: [first] }) => [
        name,
        words.sample ?? (first === undefined ? '…' : sampleOf(first)),
      ]),
  );

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < widthMax)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function valueLines(
  { name, words, isRequired, fallback, below, isList }: Setting,
  isLive: boolean,
): readonly string[] {
  const given = words.example ?? words.sample;
  const isGiven = given !== undefined && !isEmpty(given);
  const [first] = below;
  if (first === undefined || isGiven || (below.length > 1 && isChoice(below)))
    return [`${name}: ${flow(given ?? fallback ?? placeholder(isRequired))}`];
  const inner = first.flatMap((one) => linesOf(one, isLive));
  if (!isList) return [`${name}:`, ...indent(inner, '  ')];
  // The item's dash stands on a line of its own, so that comments can come first.
  return [`${name}:`, '  -', ...indent(inner, '    ')];
}

const isChoice = (below: Setting['below']): boolean => below.every((one) => one.length === 1);
const placeholder = (isRequired: boolean): string => (isRequired ? 'TODO' : '…');
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) ? value.every(isEmpty) : Object.keys(value).length === 0);

/** A comment stays where it begins: at the key’s column. */
const indent = (lines: readonly string[], by: string): readonly string[] =>
  lines.map((line) => (line === '' ? line : `${by}${line}`));

const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
