import type { PolicyLocation } from '#core/wire/finding/index.ts';
import type { Diagnostic } from '#core/policy/index.ts';
import { lintRules } from './rules.ts';
import type { LintRuleId, LintSeverity } from './rules.ts';

/** Something allowed but probably unintended. Advice only: the signer never sees it. */
export interface LintFinding extends Diagnostic {
  readonly rule: LintRuleId;
  readonly severity: LintSeverity;
}

export function lintFinding(at: PolicyLocation, rule: LintRuleId, message: string, fix: string): LintFinding {
  const { file, line, column } = at;
  return { file, line, column, rule, severity: lintRules[rule].severity, message, fix };
}
