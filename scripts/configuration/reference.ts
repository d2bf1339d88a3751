/** docs/reference/configuration.md from the records of keys. Pure. */
import { configuredProcesses } from './processes.ts';
import { code, settingsOf, unitOf, type Setting } from './settings.ts';
import { variables } from './variables.ts';

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

export function configurationReference(): string {
  return `${[
    '# Configuration',
    '',
    '<!-- Generated from the parsers by `npm run generate`. Change the key’s record, not this page. -->',
    '',
    'Every key of every process, as its parser knows it. Files are YAML; a path that is relative starts in the folder of its file. A key that isn’t here, or a value outside its bounds,',
    'keeps the process from starting. [`countersign config check`](../guides/config-check.md) says so before, and warns of what is allowed but dangerous.',
    'An annotated example of each file is in `deploy/examples/`. “–” stands for none; bold keys have to be there.',
    '',
    ...configuredProcesses.flatMap((process) => [
      `## ${process.title}`,
      '',
      `\`/etc/countersign/${process.name}.yaml\`. Started with: \`${process.start}\``.replace(
        / --config FILE; (.*)`$/,
        ' --config FILE`; $1',
      ),
      '',
      row(['Key', 'Meaning', 'Value', 'Default', 'Secret']),
      row(['---', '---', '---', '---', '---']),
      ...settingsOf(process).flatMap((setting) => rowsOf(setting, '')),
      '',
    ]),
    '## Environment variables',
    '',
    row(['Variable', 'Meaning', 'Read by', 'Default', 'Secret']),
    row(['---', '---', '---', '---', '---']),
    ...variables.map(({ name, means, readBy, default: fallback, secret = '–' }) =>
      row([code(name), means, readBy, fallback, secret]),
    ),
  ].join('\n')}\n`;
}

function rowsOf(setting: Setting, before: string): readonly string[] {
  const { name, words, isRequired, below, isList } = setting;
  const path = `${before}${name}`;
  const needed = words.neededBy === undefined ? '' : ` For ${words.neededBy}.`;
  const own = row([
    isRequired ? `**${code(path)}**` : code(path),
    `${words.means}${needed}`,
    valueOf(setting),
    isRequired ? '–' : defaultOf(setting),
    words.secret ?? '–',
  ]);
  // Alternatives that hold one key each are said in one cell.
  const isChoice = below.length > 1 && below.every((one) => one.length === 1 && one[0]?.below.length === 0);
  if (isChoice) return [own];
  const deeper = `${path}${isList ? '[]' : ''}.`;
  const seen = new Set<string>();
  const inner = below.flat().filter((one) => !seen.has(one.name) && seen.add(one.name));
  return [own, ...inner.flatMap((one) => rowsOf(one, deeper))];
}

function valueOf(setting: Setting): string {
  const { type, bounds, below } = setting;
  const singles = below.map((one) => (one.length === 1 && one[0]?.below.length === 0 ? one[0] : null));
  if (below.length > 1 && singles.every((one) => one !== null))
    return singles.map((one) => `\`{ ${one.name}: … }\`: ${one.words.means}`).join(' ');
  const unit = unitOf(setting) ?? '';
  const counted = unit === '' ? type : `${unit}${type === 'whole number' ? ', whole' : ''}`;
  const alternatives =
    below.length > 1 ? `; one of ${below.map((one) => code(one[0]?.name)).join(', ')}` : '';
  return `${counted}${bounds === '' ? '' : `: ${bounds}`}${alternatives}`;
}

function defaultOf({ words, fallback, below }: Setting): string {
  if (words.default !== undefined) return words.default;
  if (below.length > 0 && !Array.isArray(fallback)) return 'those of its keys';
  if (Array.isArray(fallback) && fallback.length === 0) return 'none';
  if (typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0) return 'none';
  return fallback === undefined ? '–' : code(fallback);
}
