/** Which questions a policy needs, given what is answered: a plan that grows with the answers and is the same whenever they are. */
import { answerTo, type HostQuestion } from '../../host.ts';
import { asksForApprovals, asksForReviews } from './approvals.ts';
import { filesToRead } from './contents.ts';
import { branchesOf, headOf, isOn, pipelineOf, pipelinesOf, type Look } from './context.ts';

export function nextQuestions(look: Look): readonly HostQuestion[] {
  const wanted = [
    ...always(look),
    ...commit(look),
    ...protection(look),
    ...pipelines(look),
    ...filesToRead(look),
  ];
  const unique = new Map(wanted.map((question) => [question.key, question]));
  return [...unique.values()].filter((question) => answerTo(look.answers, question) === null);
}

const always = ({ questions, job, tag }: Look): readonly HostQuestion[] => [
  questions.project,
  questions.job(job),
  ...(tag === null ? [] : [questions.tag(tag)]),
];

/** The pipeline itself before those that it started: what doesn't fit into a look is theirs. */
function pipelines(look: Look): readonly HostQuestion[] {
  const { questions } = look;
  const first = pipelineOf(look);
  return first === null
    ? []
    : [
        questions.pipeline(first),
        ...pipelinesOf(look).flatMap((id) => [questions.jobs(id), questions.bridges(id)]),
      ];
}

/** Branch after branch, until the commit is found. */
function commit(look: Look): readonly HostQuestion[] {
  const { questions, answers, claims } = look;
  for (const branch of branchesOf(look)) {
    const named = questions.branch(branch);
    if (answerTo(answers, named) === null) return [named];
    if (isOn(look, branch)) return [];
    const head = headOf(look, branch);
    if (head === null) continue;
    const base = questions.mergeBase(head, claims.commit);
    if (answerTo(answers, base) === null) return [base];
  }
  return [];
}

function protection(look: Look): readonly HostQuestion[] {
  const { lines, questions, tag } = look;
  const wanted = lines.protectedBranch;
  return [
    ...(wanted === null ? [] : [questions.protectedBranches]),
    ...(asksForApprovals(wanted) ? [questions.approvalRules] : []),
    ...(asksForReviews(look) ? [questions.approvals] : []),
    ...(lines.protectedTag === null || tag === null ? [] : [questions.protectedTags]),
  ];
}
