/** A verified build, as the questions about it name it. */
import type { Finding } from '../../../wire/finding/index.ts';
import { fail, hostUnknownRule, info, pass } from '../../../wire/finding/index.ts';
import type { AskedBuild, HostAnswer, HostAnswers } from '../../host.ts';
import { answerTo, type HostQuestion } from '../../host.ts';
import type { LocateInOrigin } from '../../compared.ts';
import { parseRunUri, type GitHubBuildClaims } from '../claims.ts';
import type { GitHubPolicy } from '../policy.ts';
import type { HostLines } from './lines.ts';
import { questionsAbout, type Questions } from './questions.ts';
import { fixOf, problemOf } from './rulesets.ts';

export interface Look {
  readonly policy: GitHubPolicy;
  readonly lines: HostLines;
  readonly claims: GitHubBuildClaims;
  readonly questions: Questions;
  readonly answers: HostAnswers;
  readonly run: { readonly id: string; readonly attempt: number };
  /** Name of the built tag; null: a branch was built. */
  readonly tag: string | null;
  readonly branch: string | null;
}

/** The claims were verified: this provider's record made them. */
export function lookAt({ policy, claims }: AskedBuild<GitHubPolicy>, answers: HostAnswers): Look {
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

/** What people hear of one question, before the policy says what an unanswered one means. */
export interface Asked {
  readonly rule: string;
  /** After "whether": "the run is the certified one". */
  readonly whether: string;
  /** Inside `origin`. */
  readonly path: readonly (string | number)[];
}

export interface Judge {
  held(asked: Asked, message: string, found: string, expected?: string): Finding;
  refused(asked: Asked, message: string, found: string, expected: string, fix: string): Finding;
  unknown(asked: Asked, problem: string, fix: string): Finding;
  /** What was told, or the finding that it wasn't. */
  told<Said>(asked: Asked, question: HostQuestion<Said>): { readonly said: Said } | Finding;
}

export function judgeWith({ lines, answers }: Look, locate: LocateInOrigin): Judge {
  const unknown: Judge['unknown'] = ({ rule, whether, path }, problem, fix) => {
    const message = `The code host didn't tell whether ${whether}: ${problem}.`;
    const about = { expected: 'an answer of the code host', found: problem };
    if (lines.unknown === 'deny') return fail({ rule, ...about, message, fix, policy: locate(path) });
    const accepted = `${message} The policy accepts that.`;
    return info({ rule: hostUnknownRule, ...about, message: accepted, policy: locate(['unknown']) });
  };
  return {
    unknown,
    held: ({ rule, path }, message, found, expected) =>
      pass({ rule, message, found, policy: locate(path), ...(expected === undefined ? {} : { expected }) }),
    refused: ({ rule, path }, message, found, expected, fix) =>
      fail({ rule, message, found, expected, fix, policy: locate(path) }),
    told<Said>(asked: Asked, question: HostQuestion<Said>) {
      const answer: HostAnswer<Said> | null = answerTo(answers, question);
      if (answer?.kind === 'told') return { said: answer.said };
      return unknown(asked, problemOf(answer), fixOf(answer));
    },
  };
}

export const isFinding = (value: object): value is Finding => 'outcome' in value;
