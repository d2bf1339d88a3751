/** A finding for people at a terminal: in one line, or with all that it says. */
import { isWarning, type Finding } from '#core/wire/finding/index.ts';

export function findingLines(finding: Finding, isWhole: boolean): readonly string[] {
  const { path, policy } = finding;
  const where = policy === null ? null : `${policy.file}:${policy.line}:${policy.column}`;
  if (!isWhole) {
    const place = path.length === 0 ? '' : `${path.join(' › ')}: `;
    return [`${finding.outcome === 'pass' ? '✓' : 'i'} ${place}${finding.message} [${finding.rule}]`];
  }
  const facts: readonly (readonly [string, string | null])[] = [
    ['file', path.length === 0 ? null : path.join(' › ')],
    [isWarning(finding) ? 'add' : 'expected', finding.expected],
    ['found', finding.found],
    ['line', where],
    ['fix', finding.fix],
  ];
  return [
    `${isWarning(finding) ? '!' : '✗'} ${finding.message} [${finding.rule}]`,
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`    ${name.padEnd(8)}  ${value}`])),
  ];
}
