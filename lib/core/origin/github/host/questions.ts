/** Every request that a look can make. All are reads, below one repository's address. */
import type { z } from 'zod';
import { questionsOf } from '../../host-question.ts';
import type { HostQuestion } from '../../host.ts';
import * as answers from './answers.ts';
import { readWorkflow, type WorkflowSaid } from './workflow-file.ts';

const part = encodeURIComponent;
/** A name with slashes, as a path: each step by itself. */
const steps = (name: string): string => name.split('/').map(part).join('/');

const ask = questionsOf('GitHub');

type ArtifactsSaid = { readonly artifacts: readonly answers.RunArtifact[] } | { readonly unlisted: string };

/** https://github.com/OWNER/NAME → /repos/OWNER/NAME. Names are never followed to where they moved. */
export const repositoryPath = (uri: string): string =>
  `/repos/${new URL(uri).pathname.split('/').filter(Boolean).slice(0, 2).join('/')}`;

export function questionsAbout(uri: string) {
  const root = repositoryPath(uri);
  return {
    repository: ask('repository', root, answers.repository),
    run: (id: string, attempt: number) =>
      ask('run', `${root}/actions/runs/${id}/attempts/${attempt}`, answers.run),
    jobs: (id: string, attempt: number): HostQuestion<z.output<typeof answers.jobs>> => {
      const path = `${root}/actions/runs/${id}/attempts/${attempt}/jobs?per_page=${answers.jobsPerPage}`;
      const one = ask('jobs', path, answers.jobs);
      return {
        ...one,
        read(body, more) {
          const read = one.read(body, more);
          if (typeof read === 'string' || read.said.jobs.length === read.said.total_count) return read;
          return `the answer lists ${read.said.jobs.length} of ${read.said.total_count} jobs`;
        },
      };
    },
    /** Of every attempt of the run. All or none: an artifact that wasn't read could be the file. */
    artifacts: (run: string): HostQuestion<ArtifactsSaid> => {
      const { artifactsPerPage: most } = answers;
      const path = `${root}/actions/runs/${run}/artifacts?per_page=${most}`;
      const one = ask('artifacts', path, answers.artifacts);
      return {
        ...one,
        read(body, more) {
          if (more) return { said: { unlisted: `the run has more than ${most} artifacts` } };
          const read = one.read(body, more);
          if (typeof read === 'string') return read;
          const { artifacts, total_count: total } = read.said;
          if (artifacts.length === total) return { said: { artifacts } };
          return `the answer lists ${artifacts.length} of ${total} artifacts`;
        },
      };
    },
    /**
     * Where a commit stands on a branch. Both by their whole names: somebody's tag can have the branch's short one, and commits of
     * forks are found by anything but an id.
     */
    compare: (branch: string, commit: string) =>
      ask(
        `compare ${branch}`,
        `${root}/compare/${part(`refs/heads/${branch}`)}...${commit}?per_page=1`,
        answers.comparison,
      ),
    tagRef: (tag: string) => ask('tag', `${root}/git/ref/tags/${steps(tag)}`, answers.reference, 'none'),
    tagObject: (sha: string) => ask(`tag ${sha}`, `${root}/git/tags/${sha}`, answers.tagObject),
    branchRules: (branch: string) =>
      ask(`rules ${branch}`, `${root}/rules/branches/${part(branch)}?per_page=100`, answers.activeRules),
    tagRulesets: ask(
      'tag rulesets',
      `${root}/rulesets?targets=tag&includes_parents=true&per_page=100`,
      answers.rulesets,
    ),
    ruleset: (id: number) => ask(`ruleset ${id}`, `${root}/rulesets/${id}`, answers.ruleset),
    history: (id: number) =>
      ask(`history ${id}`, `${root}/rulesets/${id}/history?per_page=100`, answers.history),
    version: (id: number, version: number) =>
      ask(`version ${id}/${version}`, `${root}/rulesets/${id}/history/${version}`, answers.version),
    protection: (branch: string) =>
      ask(`protection ${branch}`, `${root}/branches/${part(branch)}/protection`, answers.protection, {
        says: 'Branch not protected',
      }),
    release: (tag: string) => ask('release', `${root}/releases/tags/${part(tag)}`, answers.release, 'none'),
    immutableReleases: ask('immutable releases', `${root}/immutable-releases`, answers.immutableReleases),
    workflowFile: (path: string, commit: string): HostQuestion<WorkflowSaid> => {
      const one = ask('workflow file', `${root}/contents/${steps(path)}?ref=${commit}`, answers.file);
      return {
        ...one,
        read(body, more) {
          const read = one.read(body, more);
          if (typeof read === 'string') return read;
          if (read.said.path !== path) return 'the answer is about another file';
          if (read.said.encoding === 'none') return { said: { unreadable: 'it is larger than 1 MiB' } };
          return { said: readWorkflow(Buffer.from(read.said.content, 'base64')) };
        },
      };
    },
  };
}

export type Questions = ReturnType<typeof questionsAbout>;
