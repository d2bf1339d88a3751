/** Rows of an export, as comma-separated values (RFC 4180) and as JSON lines. */
import { canonicalJson, type JsonValue } from '../json/index.ts';

export type AuditRow = Readonly<Record<string, JsonValue>>;
export type AuditFormat = 'csv' | 'jsonl';
export const auditFormats: readonly AuditFormat[] = ['csv', 'jsonl'];

/** The names of the columns, in their order; empty for JSON lines, which name the members in each row. */
export function headOf(format: AuditFormat, columns: readonly string[]): string {
  return format === 'csv' ? csvLine(columns) : '';
}

/** One row with its line's end. A row lacks no column: one without a value has null. */
export function lineOf(format: AuditFormat, columns: readonly string[], row: AuditRow): string {
  if (format === 'jsonl') return `${canonicalJson(row)}\n`;
  return csvLine(columns.map((name) => cellOf(row[name] ?? null)));
}

const cellOf = (value: JsonValue): string => {
  if (value === null) return '';
  return typeof value === 'object' ? canonicalJson(value) : String(value);
};

/**
 * Spreadsheets run what begins like a formula, in some locales with the full-width signs too: such a cell gets an apostrophe in front,
 * and JSON lines have it as it is. RFC 4180 §2: CRLF, and quotes around what holds a comma, a quote or a line break.
 */
const csvLine = (cells: readonly string[]): string =>
  `${cells
    .map((cell) => (/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')}\r\n`;
