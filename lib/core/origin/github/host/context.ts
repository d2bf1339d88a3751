/** A verified build, as the questions about it name it. */
import { answerTo, type AskedBuild, type HostAnswers } from '../../host.ts';
import { parseRunUri, type GitHubBuildClaims } from '../claims.ts';
import type { GitHubPolicy } from '../policy.ts';
import type { HostLines } from './lines.ts';
import { questionsAbout, type Questions } from './questions.ts';

export interface Look {
  readonly policy: GitHubPolicy;
  readonly lines: HostLines;
  readonly claims: GitHubBuildClaims;
  readonly questions: Questions;
  readonly answers: HostAnswers;
  readonly run: { readonly id: string; readonly attempt: number };
  /** SHA-256 of the file, as the host writes digests. */
  readonly digest: string;
  /** Name of the built tag; null: a branch was built. */
  readonly tag: string | null;
  readonly branch: string | null;
}

/** The claims were verified: this provider's record made them. */
export function lookAt({ policy, claims, sha256 }: AskedBuild<GitHubPolicy>, answers: HostAnswers): Look {
  const build = claims as GitHubBuildClaims;
  const run = parseRunUri(build.runUri);
  if (policy.host === null || run === null) throw new TypeError('a build that the host isn’t asked about');
  const named = (prefix: string): string | null =>
    build.ref.startsWith(prefix) ? build.ref.slice(prefix.length) : null;
  return {
    policy,
    lines: policy.host,
    claims: build,
    questions: questionsAbout(policy.repository.uri),
    answers,
    run,
    digest: `sha256:${sha256}`,
    tag: named('refs/tags/'),
    branch: named('refs/heads/'),
  };
}

/** Branches that the commit may be on; empty as long as the default branch isn't known. */
export function branchesOf({ lines, branch, answers, questions }: Look): readonly string[] {
  if (lines.commitOn.length > 0) return lines.commitOn;
  if (branch !== null) return [branch];
  const repository = answerTo(answers, questions.repository);
  return repository?.kind === 'told' ? [repository.said.default_branch] : [];
}

/** The commit is this branch's, from its beginning to its head. */
export function isOn({ answers, questions, claims }: Look, branch: string): boolean {
  const compared = answerTo(answers, questions.compare(branch, claims.commit));
  return (
    compared?.kind === 'told' &&
    ['identical', 'behind'].includes(compared.said.status) &&
    compared.said.merge_base_commit.sha === claims.commit
  );
}
