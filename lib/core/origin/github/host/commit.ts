/** Whether the commit is the project's, and the tag still on it. Objects of forks have names in the repository, too. */
import type { Finding } from '../../../wire/finding/index.ts';
import { answerTo } from '../../host.ts';
import { fixOf, isFinding, problemOf, type Asked, type Judge } from '../../host-judge.ts';
import { branchesOf, isOn, type Look } from './context.ts';

export function commitOnBranch(look: Look, judge: Judge): Finding {
  const { questions, answers, claims, lines } = look;
  const asked: Asked = {
    rule: 'origin.host-commit',
    whether: 'the commit is on a branch of the repository',
    path: lines.commitOn.length > 0 ? ['commitOn'] : ['refs'],
  };
  const branches = branchesOf(look);
  const expected =
    branches.length === 0 ? 'a commit on the default branch' : `a commit on ${branches.join(' or ')}`;
  const on = branches.find((branch) => isOn(look, branch));
  if (on !== undefined) {
    return judge.held(asked, `The commit is on the branch ${on}.`, claims.commit, expected);
  }
  const found = branches.map((branch) => answerTo(answers, questions.compare(branch, claims.commit)));
  const missing = found.flatMap((answer) => (answer?.kind === 'told' ? [] : [answer]));
  if (branches.length === 0) {
    return judge.unknown(asked, 'the default branch is not known', 'See the finding about the repository.');
  }
  const [silent] = missing;
  if (silent !== undefined) return judge.unknown(asked, problemOf(silent), fixOf(silent));
  const message =
    'The commit is on none of the branches that it may be on: it can be a stranger’s, from a fork.';
  const said = branches.map((branch, index) => {
    const answer = found[index];
    return `${branch}: ${answer?.kind === 'told' ? answer.said.status : 'unknown'}`;
  });
  const fix =
    'Merge the commit into the branch, tag that, and build again; or name the branch that it is on in commitOn.';
  return judge.refused(asked, message, `${claims.commit} (${said.join(', ')})`, expected, fix);
}

export function tagUnmoved(look: Look, judge: Judge, peelsMax: number): readonly Finding[] {
  const { tag, questions, answers, claims } = look;
  if (tag === null) return [];
  const asked: Asked = {
    rule: 'origin.host-tag',
    whether: 'the tag is still on the built commit',
    path: ['refs', 'tags'],
  };
  const expected = claims.commit;
  const ref = questions.tagRef(tag);
  const answer = answerTo(answers, ref);
  const fix = 'Find out who moved or removed the tag. Tag the commit again under a new name, and build that.';
  if (answer?.kind === 'none') {
    return [judge.refused(asked, `The tag ${tag} isn’t there any more.`, 'no such tag', expected, fix)];
  }
  const told = judge.told(asked, ref);
  if (isFinding(told)) return [told];
  if (told.said.ref !== `refs/tags/${tag}`) {
    return [judge.unknown(asked, 'the answer is about another tag', 'Submit again.')];
  }
  let { object } = told.said;
  for (let depth = 0; object.type === 'tag' && depth < peelsMax; depth += 1) {
    const peeled = judge.told(asked, questions.tagObject(object.sha));
    if (isFinding(peeled)) return [peeled];
    if (peeled.said.sha !== object.sha) {
      return [judge.unknown(asked, 'the answer is about another tag object', 'Submit again.')];
    }
    ({ object } = peeled.said);
  }
  if (object.type === 'commit' && object.sha === claims.commit) {
    return [judge.held(asked, `The tag ${tag} is on the commit that was built.`, object.sha, expected)];
  }
  const message = `The tag ${tag} is on something else by now than when it was built.`;
  return [judge.refused(asked, message, `${object.type} ${object.sha}`, expected, fix)];
}
