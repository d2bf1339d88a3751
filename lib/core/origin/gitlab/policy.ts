import type { GitLabOrigin } from '../../generated/index.ts';
import type { ComparedOrigin, Purpose, RequiredVisibility } from '../compared.ts';
import { defaultVisibility } from '../compared.ts';
import { hostLinesOf, type HostLines } from './host/lines.ts';

/** Where a project's releases have to come from, as builds of GitLab CI/CD say it. */
export interface GitLabPolicy extends ComparedOrigin {
  readonly provider: 'gitlab';
  /** Path of the CI configuration inside the project. */
  readonly configuration: string;
  readonly pipelineSources: readonly string[];
  readonly runner: 'gitlab-hosted' | 'self-hosted';
  /** Deployment environment of the job; any, or none, when absent. */
  readonly environment?: string;
  /** Whether the project has to have been public. */
  readonly visibility: RequiredVisibility;
  /** What GitLab itself is asked; null: nothing. */
  readonly host: HostLines | null;
}

/** GitLab's own default for the file that says how a project is built. */
export const defaultConfiguration = '.gitlab-ci.yml';

/** A path inside the project, without steps that lead out of a folder. */
export const configurationPattern = '^(?!(?:[^/]+/)*\\.{1,2}/)[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*\\.ya?ml$';

export const configurationOf = ({ configuration }: Pick<GitLabOrigin, 'configuration'>): string =>
  configuration ?? defaultConfiguration;

export function policyOf(origin: GitLabOrigin, shared: ComparedOrigin, purpose: Purpose): GitLabPolicy {
  return {
    ...shared,
    provider: 'gitlab',
    configuration: configurationOf(origin),
    pipelineSources: origin.pipelineSources,
    runner: origin.runner,
    ...(origin.environment === undefined ? {} : { environment: origin.environment }),
    visibility: origin.visibility ?? defaultVisibility[purpose],
    host: hostLinesOf(origin),
  };
}
