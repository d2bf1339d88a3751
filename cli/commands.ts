/** Every command with its options, in one table: for completions, and for what holds documents against commands. */
import { auditUsage } from './audit.ts';
import { configOptions } from './config.ts';
import { importUsage } from './import.ts';
import { policyCommands } from './policy/command.ts';
import { initPoliciesOptions } from './policy/init-policies.ts';
import { preflightOptions } from './preflight/options.ts';
import { reportUsage } from './report.ts';
import { portalCommands } from './verbs.ts';
import { verifyOriginOptions } from './verify-origin/options.ts';

const flagsOf = (usage: string): readonly string[] => [
  ...new Set([...usage.matchAll(/--([a-z-]+)/g)].map(([, name = '']) => name)),
];

/** By command, `tokens list` for one. */
export const commands: ReadonlyMap<string, readonly string[]> = new Map([
  ...portalCommands,
  ...policyCommands,
  ['init-policies', initPoliciesOptions] as const,
  ['config check', configOptions] as const,
  ['preflight', preflightOptions] as const,
  ['verify-origin', verifyOriginOptions] as const,
  ['import signpath', flagsOf(importUsage)] as const,
  ['audit verify', flagsOf(auditUsage)] as const,
  ['report verify', flagsOf(reportUsage)] as const,
  ['completion', []] as const,
  ['help', []] as const,
]);
