/**
 * A problem in a file of the policy repository, with place and fix. A diagnostic means that there is no valid policy;
 * a Finding means that a valid policy refuses.
 */
import type { PolicyLocation } from '../wire/finding/index.ts';
import type { DocumentPath, PolicyDocument } from './document.ts';

export interface Diagnostic extends PolicyLocation {
  /** Stable id of the rule, `<layer>.<rule>`: `file.…`, `yaml.…`, `schema.…`, `reference.…` or `rule.…`; `edit.…` of an edit that can’t be made. */
  readonly rule: string;
  /** One plain sentence: what was found. */
  readonly message: string;
  /** How to put it right. */
  readonly fix: string;
}

/** Maximum number of diagnostics; the last one then says how many were left out. */
export const diagnosticsMax = 50;

export function diagnosticAt(
  location: PolicyLocation,
  rule: string,
  message: string,
  fix: string,
): Diagnostic {
  return { rule, file: location.file, line: location.line, column: location.column, message, fix };
}

export function diagnosticIn(
  document: PolicyDocument<unknown>,
  path: DocumentPath,
  rule: string,
  message: string,
  fix: string,
): Diagnostic {
  return diagnosticAt(document.locate(path), rule, message, fix);
}

/** Sorted by place, bounded by `diagnosticsMax`. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
  const rest = sorted[diagnosticsMax];
  if (rest === undefined) return sorted;
  const left = sorted.length - diagnosticsMax;
  return [
    ...sorted.slice(0, diagnosticsMax),
    diagnosticAt(rest, 'file.more', `${left} more problems follow.`, 'Fix the ones above first.'),
  ];
}

/** Diagnostic → `file:line:column: message How to fix.`, the form that editors turn into links. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}: ${diagnostic.message} ${diagnostic.fix} [${diagnostic.rule}]`;
}
