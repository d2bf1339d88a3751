/** Rows of an export, as comma-separated values (RFC 4180) and as JSON lines. */
import { canonicalJson, type JsonValue } from '../json/index.ts';

export type AuditRow = Readonly<Record<string, JsonValue>>;
export type AuditFormat = 'csv' | 'jsonl';
export const auditFormats: readonly AuditFormat[] = ['csv', 'jsonl'];

/** The names of the columns, in their order; empty for JSON lines, which name the members in each row. */
export function headOf(format: AuditFormat, columns: readonly string[]): string {
  return format === 'csv' ? csvLine(columns) : '';
}

/** One row with line end. Rows have all columns; those without a value are null. */
export function lineOf(format: AuditFormat, columns: readonly string[], row: AuditRow): string {
  if (format === 'jsonl') return `${canonicalJson(row)}\n`;
  return csvLine(columns.map((name) => cellOf(row[name] ?? null)));
}

const cellOf = (value: JsonValue): string => {
  if (value === null) return '';
  return typeof value === 'object' ? canonicalJson(value) : String(value);
};

/**
 * Spreadsheets evaluate cells that begin like a formula, in some locales also with full-width signs: such a cell is
 * prefixed with an apostrophe; JSON lines are unchanged. RFC 4180 §2: CRLF, and quotes around what holds a comma, a
 * quote or a line break.
 */
const csvLine = (cells: readonly string[]): string =>
  `${cells
    .map((cell) => (/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')}\r\n`;
