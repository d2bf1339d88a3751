/** A base policy's lines beside those of SignPath's file: of both whatever asks for more, so that nothing is loosened by an import. */
import type { RulesetRules, Rulesets } from '#core/generated/index.ts';
import type { Rules, ScanningTool } from './ruleset-rules.ts';

export const baseAsksMore = 'The base policy asks for more, and nothing is loosened by an import.';
export const keepOrLoosen = 'Nothing, if that is meant; otherwise change the line.';

type ScanningRule = NonNullable<RulesetRules['codeScanning']>[number];

const alertSteps = ['none', 'errors', 'errors-and-warnings', 'all'];
const securitySteps = ['none', 'critical', 'high-or-higher', 'medium-or-higher', 'all'];

/** Adds to `rules` what the base asks for. → what became stricter by that, as our lines are called. */
export function addRulesOf(base: Rulesets | undefined, rules: Rules): string[] {
  if (base === undefined) return [];
  const { pullRequest, codeScanning = [], ...flags } = base.rules;
  const more: string[] = [];
  for (const [rule, asked] of Object.entries(flags)) {
    if (!asked || rules.flags.get(rule) === true) continue;
    rules.flags.set(rule, true);
    more.push(rule);
  }
  if (pullRequest !== undefined) {
    if (rules.pullRequest === null) more.push('pullRequest');
    const own = (rules.pullRequest ??= new Map());
    for (const [line, asked] of Object.entries(pullRequest) as [string, number | boolean][]) {
      // Numbers and yes or no: the larger asks for more.
      if (Number(own.get(line) ?? 0) >= Number(asked)) continue;
      own.set(line, asked);
      more.push(line);
    }
  }
  for (const tool of codeScanning)
    if (addTool(tool, rules.codeScanning)) more.push(`codeScanning ${tool.tool}`);
  return [...new Set(more)];
}

function addTool(wanted: ScanningRule, tools: ScanningTool[]): boolean {
  const at = tools.findIndex(({ tool }) => tool === wanted.tool);
  const own = tools[at];
  if (own === undefined) {
    tools.push(wanted);
    return true;
  }
  const alerts = stricter(alertSteps, own.alerts, wanted.alerts);
  const securityAlerts = stricter(securitySteps, own.securityAlerts, wanted.securityAlerts);
  if (alerts === own.alerts && securityAlerts === own.securityAlerts) return false;
  tools[at] = {
    tool: own.tool,
    ...(alerts === undefined ? {} : { alerts }),
    ...(securityAlerts === undefined ? {} : { securityAlerts }),
  };
  return true;
}

/** What isn't said asks for nothing. */
const stricter = (steps: readonly string[], one: string | undefined, other: string | undefined) =>
  other !== undefined && steps.indexOf(other) > steps.indexOf(one ?? '') ? other : one;

/** earliest, before days, of which the first asks for most, before current-build. */
export function strictestStart(all: readonly string[]): string {
  if (all.includes('earliest')) return 'earliest';
  const days = all.filter((start) => start !== 'current-build').sort();
  return days[0] ?? 'current-build';
}
