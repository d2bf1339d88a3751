/** A verified build, as the questions about it name it. */
import { answerTo, type AskedBuild, type HostAnswers } from '../../host.ts';
import { jobOfUri, type GitLabBuildClaims } from '../claims.ts';
import type { GitLabPolicy } from '../policy.ts';
import type { Bridge, Job } from './answers.ts';
import type { HostLines } from './lines.ts';
import { questionsAbout, type Questions } from './questions.ts';

export interface Look {
  readonly policy: GitLabPolicy;
  readonly lines: HostLines;
  readonly claims: GitLabBuildClaims;
  readonly questions: Questions;
  readonly answers: HostAnswers;
  /** Number of the job that attested. */
  readonly job: string;
  /** Name of the built tag; null: a branch was built. */
  readonly tag: string | null;
  readonly branch: string | null;
}

/** The claims were verified: this provider's record made them. */
export function lookAt({ policy, claims }: AskedBuild<GitLabPolicy>, answers: HostAnswers): Look {
  const build = claims as GitLabBuildClaims;
  const job = jobOfUri(build.runUri);
  if (policy.host === null || job === null) throw new TypeError('a build that the host isn’t asked about');
  const named = (prefix: string): string | null =>
    build.ref.startsWith(prefix) ? build.ref.slice(prefix.length) : null;
  return {
    policy,
    lines: policy.host,
    claims: build,
    questions: questionsAbout(policy.repository.id),
    answers,
    job: job.id,
    tag: named('refs/tags/'),
    branch: named('refs/heads/'),
  };
}

/** Branches that the commit may be on; empty as long as the default branch isn't known. */
export function branchesOf({ lines, branch, answers, questions }: Look): readonly string[] {
  if (lines.commitOn.length > 0) return lines.commitOn;
  if (branch !== null) return [branch];
  const project = answerTo(answers, questions.project);
  const name = project?.kind === 'told' ? project.said.default_branch : null;
  return name === null || name === undefined ? [] : [name];
}

/** Head of a branch; null: it isn't known. */
export function headOf({ answers, questions }: Look, branch: string): string | null {
  const answer = answerTo(answers, questions.branch(branch));
  return answer?.kind === 'told' && answer.said.name === branch ? answer.said.commit.id : null;
}

/** The commit is this branch's, from its beginning to its head. */
export function isOn(look: Look, branch: string): boolean {
  const { answers, questions, claims } = look;
  const head = headOf(look, branch);
  if (head === null) return false;
  if (head === claims.commit) return true;
  const base = answerTo(answers, questions.mergeBase(head, claims.commit));
  return base?.kind === 'told' && base.said.id === claims.commit;
}

/** Number of the pipeline that the job is of; null: it isn't known. */
export function pipelineOf({ answers, questions, job }: Look): number | null {
  const answer = answerTo(answers, questions.job(job));
  return answer?.kind === 'told' ? answer.said.pipeline.id : null;
}

/** The pipeline and those of the project that it started, and they: what ran in any of them is part of the build. */
export function pipelinesOf(look: Look): readonly number[] {
  const { answers, questions, policy } = look;
  const first = pipelineOf(look);
  const found = first === null ? [] : [first];
  // Grows while it is walked.
  for (const id of found) {
    const bridges = answerTo(answers, questions.bridges(id));
    if (bridges?.kind !== 'told') continue;
    for (const { downstream_pipeline: started } of bridges.said) {
      if (started !== null && started !== undefined && String(started.project_id) === policy.repository.id) {
        if (!found.includes(started.id)) found.push(started.id);
      }
    }
  }
  return found;
}

/** Of jobs by the same name the last: the others were retried. */
export function latest<One extends Job | Bridge>(jobs: readonly One[]): readonly One[] {
  const byName = new Map<string, One>();
  for (const job of jobs) {
    const key = `${job.pipeline.id} ${job.name}`;
    const before = byName.get(key);
    if (before === undefined || before.id < job.id) byName.set(key, job);
  }
  return [...byName.values()];
}
