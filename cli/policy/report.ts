/** Problems of a policy repository, formatted for people, programs or GitHub. */
import type { Diagnostic } from '#core/policy/index.ts';

/** error: the policy is invalid. warning: it is valid but should be checked. note: good to know. */
export type Level = 'error' | 'warning' | 'note';

export interface ReportEntry extends Diagnostic {
  readonly level: Level;
}

export type ReportFormat = 'text' | 'json' | 'sarif' | 'github';
export const reportFormats: readonly ReportFormat[] = ['text', 'json', 'sarif', 'github'];

/** `prefix`: the checked folder, relative to where the reader is, with `/`; empty for the same folder. */
export function formatReport(entries: readonly ReportEntry[], format: ReportFormat, prefix: string): string {
  const placed = entries.map((entry) => ({ ...entry, file: join(prefix, entry.file) }));
  switch (format) {
    case 'text':
      return placed.map(textLine).join('');
    case 'json':
      return `${JSON.stringify({ valid: !hasErrors(entries), diagnostics: placed }, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarif(placed), null, 2)}\n`;
    case 'github':
      return placed.map(workflowCommand).join('');
  }
}

export function hasErrors(entries: readonly ReportEntry[]): boolean {
  return entries.some((entry) => entry.level === 'error');
}

const join = (prefix: string, file: string): string => (prefix === '' ? file : `${prefix}/${file}`);

function textLine({ file, line, column, level, rule, message, fix }: ReportEntry): string {
  return `${printable(file)}:${line}:${column}: ${level}: ${printable(message)}\n    ${printable(fix)} [${rule}]\n`;
}

/** Bytes of a file must not move the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** https://docs.github.com/actions/reference/workflow-commands: properties and message are escaped differently. */
function workflowCommand({ file, line, column, level, rule, message, fix }: ReportEntry): string {
  const command = level === 'note' ? 'notice' : level;
  const properties = `file=${property(file)},line=${line},col=${column},title=${property(rule)}`;
  return `::${command} ${properties}::${data(`${message} ${fix}`)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** SARIF 2.1.0 (OASIS), as code scanning takes it. */
function sarif(entries: readonly ReportEntry[]): object {
  const rules = [...new Set(entries.map((entry) => entry.rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'countersign', rules: rules.map((id) => ({ id })) } },
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: entries.map(({ file, line, column, level, rule, message, fix }) => ({
          ruleId: rule,
          ruleIndex: rules.indexOf(rule),
          level,
          message: { text: `${message} ${fix}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: file.split('/').map(encodeURIComponent).join('/'),
                  uriBaseId: 'SRCROOT',
                },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
