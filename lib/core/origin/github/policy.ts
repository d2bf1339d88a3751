import type { GitHubOrigin } from '../../generated/index.ts';
import { defaultVisibility } from '../compared.ts';
import type { ComparedOrigin, Purpose, RequiredVisibility } from '../compared.ts';
import { hostLinesOf, type HostLines } from './host/lines.ts';

/** Where a project's releases have to come from, as builds of GitHub Actions say it. */
export interface GitHubPolicy extends ComparedOrigin {
  readonly provider: 'github';
  /** Path of the workflow inside the repository. */
  readonly workflow: string;
  readonly triggers: readonly string[];
  /** Of every job, where the host is asked about them; the certificate tells the kind alone, and of the signing job. */
  readonly runner: 'github-hosted' | { readonly groups: readonly string[] };
  /** The one reusable workflow that signs the attestation; absent: the workflow itself signs. */
  readonly builder?: PinnedBuilder;
  /** Whether a second attempt of a run may be signed; not when absent. */
  readonly allowReruns?: boolean;
  /** Deployment environment of the job; any, or none, when absent. */
  readonly environment?: string;
  /** Whether the repository has to have been public. */
  readonly visibility: RequiredVisibility;
  /** What only GitHub itself can answer; null: nothing is asked. */
  readonly host: HostLines | null;
}

export interface PinnedBuilder {
  /** Address of the workflow file, without `@` and ref. */
  readonly uri: string;
  /** As the certificate has it after the `@`: a full ref or a commit id. */
  readonly ref: string;
  /** Commit that the workflow file was read from. */
  readonly digest: string;
}

export function policyOf(origin: GitHubOrigin, shared: ComparedOrigin, purpose: Purpose): GitHubPolicy {
  return {
    ...shared,
    provider: 'github',
    workflow: origin.workflow,
    triggers: origin.triggers,
    runner: origin.runner,
    ...(origin.builder === undefined ? {} : { builder: origin.builder }),
    allowReruns: origin.reruns === 'allowed',
    ...(origin.environment === undefined ? {} : { environment: origin.environment }),
    visibility: origin.visibility ?? defaultVisibility[purpose],
    host: hostLinesOf(origin),
  };
}
