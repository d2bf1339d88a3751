/** The signer's words as annotations of the run, as many as a runner keeps. */
import { annotation, annotationsMax, type AnnotationKind } from './runner/commands.ts';

/** One check, as the portal's API has it. */
export interface FindingShown {
  readonly rule: string;
  readonly outcome: string;
  readonly message: string;
  readonly expected: string | null;
  readonly found: string | null;
  readonly fix: string | null;
  readonly policy?: { readonly file: string; readonly line: number } | null | undefined;
  readonly path?: readonly string[] | undefined;
}

/** What was found, what the policy asks for and in which line, and what to do: a line each. */
export function findingText({ message, expected, found, fix, policy, path = [] }: FindingShown): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['File', path.length === 0 ? null : path.join(' › ')],
    ['Expected', expected],
    ['Found', found],
    ['Asked for by', policy === null || policy === undefined ? null : `${policy.file}, line ${policy.line}`],
    ['To do', fix],
  ];
  return [message, ...facts.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))].join(
    '\n',
  );
}

/** One for each finding; beyond what a runner keeps, the last one says how many there are and where. */
export function findingAnnotations(
  findings: readonly FindingShown[],
  { kind, total, url }: { readonly kind: AnnotationKind; readonly total: number; readonly url: string },
): readonly string[] {
  const fits = total <= annotationsMax && findings.length === total;
  const shown = findings.slice(0, fits ? annotationsMax : annotationsMax - 1);
  const lines = shown.map((finding) =>
    annotation(kind, `Countersign: ${finding.rule}`, findingText(finding)),
  );
  const rest = total - shown.length;
  return rest === 0 ? lines : [...lines, annotation(kind, 'Countersign', `${rest} more: ${url}`)];
}
