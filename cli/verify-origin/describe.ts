/** What verify-origin prints: the findings in the words of a request's trace. */
import type { OriginFacts } from '#core/origin/index.ts';
import { failures, type Finding } from '#core/wire/finding/index.ts';
import { findingLines } from '../finding-lines.ts';
import { plain } from '../plain.ts';

export interface JudgedOrigin {
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  readonly facts: OriginFacts;
  readonly artifact: {
    readonly file: string;
    readonly sha256: string;
    readonly sha512: string;
    readonly sizeBytes: number;
  };
  readonly policy: { readonly file: string; readonly provider: string; readonly alone: boolean };
  readonly trustRoot: string;
  readonly checkedAt: string;
  readonly asksHost: readonly string[];
}

export function describeOrigin(judged: JudgedOrigin): string {
  const { findings, artifact, policy, passed } = judged;
  const refused = failures(findings);
  const others = findings.filter(({ outcome }) => outcome !== 'fail');
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Refused', refused.flatMap((one) => findingLines(one, true))],
    ['Checked', others.flatMap((one) => [...findingLines(one, false), ...foundLine(one)])],
    ['Judged by', [`${policy.file}, at ${judged.checkedAt}`, judged.trustRoot, `SHA-256 ${artifact.sha256}`]],
    ['Not checked here', notChecked(judged).map((one) => `- ${one}`)],
  ];
  const lines = sections.flatMap(([title, content]) =>
    content.length === 0 ? [] : [title, ...content.map((one) => `  ${one}`), ''],
  );
  const reasons = refused.length === 1 ? '1 reason' : `${refused.length} reasons`;
  const verdict = passed
    ? `${artifact.file} was built where ${policy.file} says.`
    : `${artifact.file} would be refused: ${reasons}, above.`;
  return `${[...lines, verdict].map(plain).join('\n')}\n`;
}

const foundLine = ({ found }: Finding): readonly string[] => (found === null ? [] : [`    ${found}`]);

function notChecked({ policy, asksHost }: JudgedOrigin): readonly string[] {
  return [
    ...(asksHost.length === 0 ? [] : [`what the signer asks the code host: ${asksHost.join(', ')}`]),
    ...(policy.alone
      ? ['what a foundation asks of every policy (its floors), and whether the project is active']
      : []),
    'content, viruses, approvals and certificates',
  ];
}

export function originAsJson(judged: JudgedOrigin): string {
  const { passed, ...rest } = judged;
  return `${JSON.stringify({ verdict: passed ? 'allowed' : 'refused', ...rest, notChecked: notChecked(judged) }, null, 2)}\n`;
}
