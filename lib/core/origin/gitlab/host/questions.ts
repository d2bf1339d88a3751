/** Every request that a look can make. All are reads, below one project's number: a name can be another's by now. */
import { questionsOf } from '../../host-question.ts';
import type { HostQuestion } from '../../host.ts';
import * as answers from './answers.ts';
import { readConfiguration, type Configuration } from './configuration-file.ts';

const part = encodeURIComponent;
const ask = questionsOf('GitLab');
const page = `per_page=${answers.perPage}`;

export const projectPath = (id: string): string => `/projects/${part(id)}`;

export function questionsAbout(projectId: string) {
  const root = projectPath(projectId);
  const pipeline = (id: number): string => `${root}/pipelines/${id}`;
  return {
    project: ask('project', root, answers.project),
    job: (id: string) => ask('job', `${root}/jobs/${part(id)}`, answers.job),
    pipeline: (id: number) => ask('pipeline', pipeline(id), answers.pipeline),
    /** Those that were retried are in it, too. */
    jobs: (id: number) =>
      ask(`jobs ${id}`, `${pipeline(id)}/jobs?include_retried=true&${page}`, answers.jobs),
    /** Jobs that start other pipelines: retried ones too, whose pipelines are another run's. */
    bridges: (id: number) =>
      ask(`bridges ${id}`, `${pipeline(id)}/bridges?include_retried=true&${page}`, answers.bridges),
    branch: (name: string) =>
      ask(`branch ${name}`, `${root}/repository/branches/${part(name)}`, answers.branch, {
        says: '404 Branch Not Found',
      }),
    /** Both by their whole names: a tag may be called like a branch. */
    mergeBase: (head: string, commit: string) =>
      ask(
        `merge base ${head}`,
        `${root}/repository/merge_base?refs[]=${head}&refs[]=${commit}`,
        answers.commit,
        { says: '404 Merge Base Not Found' },
      ),
    tag: (name: string) =>
      ask('tag', `${root}/repository/tags/${part(name)}`, answers.tag, { says: '404 Tag Not Found' }),
    /** The configuration, or a file of the project that it includes, as it is at a commit. */
    configurationFile: (path: string, commit: string): HostQuestion<Configuration> => {
      const one = ask(`file ${path}`, `${root}/repository/files/${part(path)}?ref=${commit}`, answers.file);
      return {
        ...one,
        read(body, more) {
          const read = one.read(body, more);
          if (typeof read === 'string') return read;
          const { file_path: of, commit_id: at, content } = read.said;
          if (of !== path || at !== commit) return 'the answer is about another file or commit';
          return { said: readConfiguration(Buffer.from(content, 'base64')) };
        },
      };
    },
    protectedBranches: ask(
      'protected branches',
      `${root}/protected_branches?${page}`,
      answers.protectedBranches,
    ),
    protectedTags: ask('protected tags', `${root}/protected_tags?${page}`, answers.protectedTags),
    approvals: ask('approvals', `${root}/approvals`, answers.approvals),
    approvalRules: ask('approval rules', `${root}/approval_rules?${page}`, answers.approvalRules),
  };
}

export type Questions = ReturnType<typeof questionsAbout>;
