/** Which questions a policy needs, given what is answered: a plan that grows with the answers and is the same whenever they are. */
import { answerTo, type HostQuestion } from '../../host.ts';
import { branchesOf, isOn, type Look } from './context.ts';
import { needsOf } from './needs.ts';
import { branchContexts, tagContext, tagRulesetIds, unfilled } from './protected.ts';
import { toAsk } from './rulesets.ts';

/** Of annotated tags that name annotated tags. */
export const peelsMax = 3;

export function nextQuestions(look: Look): readonly HostQuestion[] {
  const wanted = [
    ...always(look),
    ...commit(look),
    ...tag(look),
    ...branchProtection(look),
    ...tagProtection(look),
    ...release(look),
    ...workflowFile(look),
    ...runArtifact(look),
  ];
  const { answers } = look;
  const unique = new Map(wanted.map((question) => [question.key, question]));
  return [...unique.values()].filter((question) => answerTo(answers, question) === null);
}

const always = ({ questions, run }: Look): readonly HostQuestion[] => [
  questions.repository,
  questions.run(run.id, run.attempt),
  questions.jobs(run.id, run.attempt),
];

/** Branch after branch, until the commit is found. */
function commit(look: Look): readonly HostQuestion[] {
  const { questions, answers, claims } = look;
  for (const branch of branchesOf(look)) {
    const question = questions.compare(branch, claims.commit);
    if (answerTo(answers, question) === null) return [question];
    if (isOn(look, branch)) return [];
  }
  return [];
}

function tag(look: Look): readonly HostQuestion[] {
  const { questions, answers } = look;
  if (look.tag === null) return [];
  const ref = questions.tagRef(look.tag);
  const found = answerTo(answers, ref);
  if (found === null) return [ref];
  if (found.kind !== 'told') return [];
  let { object } = found.said;
  for (let depth = 0; object.type === 'tag' && depth < peelsMax; depth += 1) {
    const question = questions.tagObject(object.sha);
    const peeled = answerTo(answers, question);
    if (peeled === null) return [question];
    if (peeled.kind !== 'told') return [];
    ({ object } = peeled.said);
  }
  return [];
}

function branchProtection(look: Look): readonly HostQuestion[] {
  const { lines, questions, answers } = look;
  if (lines.branchRulesets === null) return [];
  const needs = needsOf(lines.branchRulesets.rules);
  return branchContexts(look).flatMap(({ branch, context }) => {
    const listed = questions.branchRules(branch);
    const rules = answerTo(answers, listed);
    if (rules === null || context === null) return [listed];
    const asking =
      rules.kind !== 'told'
        ? []
        : rules.said
            .filter((rule) => needs.some((need) => need.filledBy(rule)))
            .flatMap(({ ruleset_id: id }) => toAsk(context, id, needs));
    if (asking.length > 0) return asking;
    const classic = questions.protection(branch);
    return unfilled(look, branch) && answerTo(answers, classic) === null ? [classic] : [];
  });
}

function tagProtection(look: Look): readonly HostQuestion[] {
  const { lines, questions, answers } = look;
  if (lines.tagRulesets === null || look.tag === null) return [];
  const listed = answerTo(answers, questions.tagRulesets);
  const context = tagContext(look);
  if (listed === null || context === null) return [questions.tagRulesets];
  const needs = needsOf(lines.tagRulesets.rules);
  return tagRulesetIds(look).flatMap((id) => toAsk(context, id, needs));
}

function release(look: Look): readonly HostQuestion[] {
  const { lines, questions, answers } = look;
  if (!lines.immutableRelease || look.tag === null) return [];
  const question = questions.release(look.tag);
  const found = answerTo(answers, question);
  if (found === null) return [question];
  // Not out yet: then the repository's setting says what it will be.
  return found.kind === 'none' || (found.kind === 'told' && found.said.draft)
    ? [questions.immutableReleases]
    : [];
}

const workflowFile = ({ lines, questions, policy, claims }: Look): readonly HostQuestion[] =>
  lines.cachesRefused || lines.actionsPinned ? [questions.workflowFile(policy.workflow, claims.commit)] : [];

const runArtifact = ({ lines, questions, run }: Look): readonly HostQuestion[] =>
  lines.runArtifact ? [questions.artifacts(run.id)] : [];
