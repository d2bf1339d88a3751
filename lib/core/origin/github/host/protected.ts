/** How GitHub protects the branch or tag that was built: each need of the policy, filled by a ruleset or by classic protection. */
import type { Finding } from '../../../wire/finding/index.ts';
import { answerTo } from '../../host.ts';
import { fixOf, isFinding, problemOf, type Asked, type Judge } from '../../host-judge.ts';
import { branchesOf, isOn, type Look } from './context.ts';
import { needsOf, type Need } from './needs.ts';
import { judgeRuleset, since, type Held, type RulesetContext } from './rulesets.ts';
import type { Rulesets } from '../../../generated/index.ts';

/** null: since when the rules must hold isn't known, because the repository or the run isn't. */
function contextOf(look: Look, wanted: Rulesets, ref: string): RulesetContext | null {
  const { questions, answers, run } = look;
  const repository = answerTo(answers, questions.repository);
  const built = answerTo(answers, questions.run(run.id, run.attempt));
  if (repository?.kind !== 'told' || built?.kind !== 'told') return null;
  const from = since(wanted, {
    runStartedAt: built.said.run_started_at,
    repositoryCreatedAt: repository.said.created_at,
  });
  const defaultRef = `refs/heads/${repository.said.default_branch}`;
  return { questions, answers, from, allowBypass: wanted.allowBypass === true, ref, defaultRef };
}

/** The branch that the commit is on; of several that the policy names, the first. */
export function branchContexts(
  look: Look,
): readonly { readonly branch: string; readonly context: RulesetContext | null }[] {
  const wanted = look.lines.branchRulesets;
  const branch = branchesOf(look).find((one) => isOn(look, one));
  if (wanted === null || branch === undefined) return [];
  return [{ branch, context: contextOf(look, wanted, `refs/heads/${branch}`) }];
}

export function tagContext(look: Look): RulesetContext | null {
  const { lines, tag } = look;
  return lines.tagRulesets === null || tag === null
    ? null
    : contextOf(look, lines.tagRulesets, `refs/tags/${tag}`);
}

/** Classic protection has no dates: it can only fill what has to hold while it is looked at. */
const classicCounts = ({ enforcedFrom }: Rulesets): boolean =>
  enforcedFrom === undefined || enforcedFrom === 'current-build';

/** Whether some need isn't filled by rulesets, so that classic protection is asked. */
export function unfilled(look: Look, branch: string): boolean {
  const wanted = look.lines.branchRulesets;
  const context = wanted === null ? null : contextOf(look, wanted, `refs/heads/${branch}`);
  if (wanted === null || context === null || !classicCounts(wanted)) return false;
  return needsOf(wanted.rules).some(
    (need) => byRulesets(context, idsOf(look, branch, need), need).is !== 'held',
  );
}

function idsOf({ questions, answers }: Look, branch: string, need: Need): readonly number[] {
  const rules = answerTo(answers, questions.branchRules(branch));
  if (rules?.kind !== 'told') return [];
  return rules.said.filter((rule) => need.filledBy(rule)).map(({ ruleset_id: id }) => id);
}

/** The best that any of them gives. */
function byRulesets(context: RulesetContext, ids: readonly number[], need: Need): Held {
  const found = ids.map((id) => ({ id, held: judgeRuleset(context, id, need) }));
  const best = (is: Held['is']) => found.find(({ held }) => held.is === is);
  if (best('held') !== undefined) return { is: 'held' };
  const unknown = best('unknown');
  if (unknown?.held.is === 'unknown') {
    return { ...unknown.held, problem: `of ruleset ${unknown.id}: ${unknown.held.problem}` };
  }
  const open = best('open');
  if (open?.held.is !== 'open') return { is: 'open', reason: 'no active ruleset asks for it' };
  return { is: 'open', reason: `ruleset ${open.id}: ${open.held.reason}` };
}

function byClassic(look: Look, branch: string, wanted: Rulesets, need: Need): Held {
  if (!classicCounts(wanted)) return { is: 'open', reason: 'classic protection has no dates' };
  const answer = answerTo(look.answers, look.questions.protection(branch));
  if (answer?.kind === 'none') return { is: 'open', reason: 'there is no classic protection' };
  if (answer?.kind !== 'told') {
    return { is: 'unknown', problem: `of classic protection: ${problemOf(answer)}`, fix: fixOf(answer) };
  }
  const { said } = answer;
  if (!need.filledByClassic(said)) return { is: 'open', reason: 'classic protection does not ask for it' };
  if (wanted.allowBypass === true) return { is: 'held' };
  if (said.enforce_admins?.enabled !== true) {
    return { is: 'open', reason: 'administrators can bypass classic protection' };
  }
  const allowed = said.required_pull_request_reviews?.bypass_pull_request_allowances;
  const bypass = [...(allowed?.users ?? []), ...(allowed?.teams ?? []), ...(allowed?.apps ?? [])];
  return bypass.length === 0 || !need.line.startsWith('pullRequest')
    ? { is: 'held' }
    : { is: 'open', reason: 'some can bypass reviews' };
}

function conclude(
  judge: Judge,
  asked: Asked,
  of: string,
  all: readonly { readonly need: Need; readonly held: Held }[],
): Finding {
  const open = all.flatMap(({ need, held }) => (held.is === 'open' ? [`${need.line}: ${held.reason}`] : []));
  const expected = all.map(({ need }) => need.line).join(', ');
  if (open.length > 0) {
    const message = `GitHub doesn't protect ${of} as the policy wants it.`;
    const fix =
      'Add the rule to an active ruleset of the repository, without people who can bypass it, and build again.';
    return judge.refused(asked, message, open.join('; ').slice(0, 1000), expected, fix);
  }
  for (const { need, held } of all) {
    if (held.is === 'unknown') return judge.unknown(asked, `${need.line}, ${held.problem}`, held.fix);
  }
  return judge.held(asked, `GitHub protects ${of} as the policy wants it.`, expected, expected);
}

export function branchProtection(look: Look, judge: Judge): readonly Finding[] {
  const wanted = look.lines.branchRulesets;
  if (wanted === null) return [];
  const asked: Asked = {
    rule: 'origin.branch-rules',
    whether: 'the branch is protected',
    path: ['branchRulesets'],
  };
  const [found] = branchContexts(look);
  if (found === undefined) {
    return [judge.unknown(asked, 'the commit is on no branch whose rules could be looked at', commitFix)];
  }
  const { branch, context } = found;
  const rules = judge.told(asked, look.questions.branchRules(branch));
  if (isFinding(rules)) return [rules];
  if (context === null) return [judge.unknown(asked, 'when the run began is not known', commitFix)];
  const all = needsOf(wanted.rules).map((need) => {
    const held = byRulesets(context, idsOf(look, branch, need), need);
    return { need, held: better(held, byClassic(look, branch, wanted, need)) };
  });
  return [conclude(judge, asked, `the branch ${branch}`, all)];
}

/** Held beats unknown, and unknown beats open: what may hold isn't said to be open. */
function better(ruleset: Held, classic: Held): Held {
  if (classic.is === 'held' || ruleset.is === 'held') return { is: 'held' };
  if (ruleset.is === 'unknown') return ruleset;
  return classic.is === 'unknown'
    ? { ...classic, problem: `${ruleset.reason}; ${classic.problem}` }
    : ruleset;
}

const commitFix = 'See the finding about the commit.';

/** Rulesets that may be about tags: about which, only their details say. */
export function tagRulesetIds({ questions, answers }: Look): readonly number[] {
  const listed = answerTo(answers, questions.tagRulesets);
  if (listed?.kind !== 'told') return [];
  return listed.said
    .filter(({ target, enforcement }) => (target ?? 'tag') === 'tag' && enforcement === 'active')
    .map(({ id }) => id);
}

export function tagProtection(look: Look, judge: Judge): readonly Finding[] {
  const wanted = look.lines.tagRulesets;
  if (wanted === null || look.tag === null) return [];
  const asked: Asked = { rule: 'origin.tag-rules', whether: 'the tag is protected', path: ['tagRulesets'] };
  const listed = judge.told(asked, look.questions.tagRulesets);
  if (isFinding(listed)) return [listed];
  const context = tagContext(look);
  if (context === null) return [judge.unknown(asked, 'when the run began is not known', commitFix)];
  const ids = tagRulesetIds(look);
  const all = needsOf(wanted.rules).map((need) => ({ need, held: byRulesets(context, ids, need) }));
  return [conclude(judge, asked, `the tag ${look.tag}`, all)];
}
