/** Whether the commit is the project's, and the tag still on it. Commits of merge requests from forks lie in the project, too. */
import type { Finding } from '../../../wire/finding/index.ts';
import { answerTo } from '../../host.ts';
import { fixOf, isFinding, problemOf, type Asked, type Judge } from '../../host-judge.ts';
import { branchesOf, headOf, isOn, type Look } from './context.ts';

export function commitOnBranch(look: Look, judge: Judge): Finding {
  const { questions, answers, claims, lines } = look;
  const asked: Asked = {
    rule: 'origin.host-commit',
    whether: 'the commit is on a branch of the project',
    path: lines.commitOn.length > 0 ? ['commitOn'] : ['refs'],
  };
  const branches = branchesOf(look);
  const expected =
    branches.length === 0 ? 'a commit on the default branch' : `a commit on ${branches.join(' or ')}`;
  const on = branches.find((branch) => isOn(look, branch));
  if (on !== undefined) {
    return judge.held(asked, `The commit is on the branch ${on}.`, claims.commit, expected);
  }
  if (branches.length === 0) {
    return judge.unknown(asked, 'the default branch is not known', 'See the finding about the project.');
  }
  const said: string[] = [];
  for (const branch of branches) {
    const named = answerTo(answers, questions.branch(branch));
    const head = headOf(look, branch);
    if (named?.kind === 'none') {
      said.push(`${branch}: no such branch`);
      continue;
    }
    if (named?.kind !== 'told') return judge.unknown(asked, problemOf(named), fixOf(named));
    if (head === null) return judge.unknown(asked, 'the answer is about another branch', 'Submit again.');
    const base = answerTo(answers, questions.mergeBase(head, claims.commit));
    if (base?.kind !== 'told' && base?.kind !== 'none') {
      return judge.unknown(asked, problemOf(base), fixOf(base));
    }
    said.push(`${branch}: ${base.kind === 'none' ? 'nothing in common' : `in common ${base.said.id}`}`);
  }
  const message =
    'The commit is on none of the branches that it may be on: it can be a stranger’s, from a merge request.';
  const fix =
    'Merge the commit into the branch, tag that, and build again; or name the branch that it is on in commitOn.';
  return judge.refused(asked, message, `${claims.commit} (${said.join(', ')})`, expected, fix);
}

export function tagUnmoved({ tag, questions, answers, claims }: Look, judge: Judge): readonly Finding[] {
  if (tag === null) return [];
  const asked: Asked = {
    rule: 'origin.host-tag',
    whether: 'the tag is still on the built commit',
    path: ['refs', 'tags'],
  };
  const expected = claims.commit;
  const question = questions.tag(tag);
  const fix = 'Find out who moved or removed the tag. Tag the commit again under a new name, and build that.';
  if (answerTo(answers, question)?.kind === 'none') {
    return [judge.refused(asked, `The tag ${tag} isn’t there any more.`, 'no such tag', expected, fix)];
  }
  const told = judge.told(asked, question);
  if (isFinding(told)) return [told];
  const { name, target, commit } = told.said;
  if (name !== tag) return [judge.unknown(asked, 'the answer is about another tag', 'Submit again.')];
  // Of an annotated tag the target is the tag's own object, and GitLab says the commit behind it.
  const found = target === commit.id ? commit.id : `${commit.id} by the tag object ${target}`;
  if (commit.id === claims.commit) {
    return [judge.held(asked, `The tag ${tag} is on the commit that was built.`, found, expected)];
  }
  const message = `The tag ${tag} is on something else by now than when it was built.`;
  return [judge.refused(asked, message, found, expected, fix)];
}
