/** What in a valid policy repository is probably unintended. Advice for people; the signer never uses it. Pure. */
export type { LintFinding } from './finding.ts';
export type { KnownCertificate } from './lint-certificates.ts';
export type { KnownOwnKey } from './lint-own-keys.ts';
export { lintPolicy } from './lint-policy.ts';
export { lintSnapshot } from './lint-snapshot.ts';
export type { LintInput } from './lint-snapshot.ts';
export { patternCovers } from './pattern-covers.ts';
export { lintRules } from './rules.ts';
export type { LintRule, LintRuleId, LintSeverity } from './rules.ts';
