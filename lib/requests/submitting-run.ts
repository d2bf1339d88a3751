import { providers } from '#core/origin/index.ts';
import type { ProviderName } from '#core/origin/index.ts';
import { isOfRepository, parseSubmitter } from '#core/wire/submitter/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** The run that submitted a request, with its page in the repository that the project's policies name. */
export interface SubmittingRun {
  readonly run: string;
  readonly attempt: string;
  readonly address: string;
}

/** null: no build submitted it, or no policy of the project names that build's repository any more. */
export async function findSubmittingRun(
  ctx: Pick<Context, 'db' | 'policies'>,
  request: { readonly projectSlug: string; readonly submittedBy: string },
): Promise<SubmittingRun | null> {
  const build = parseSubmitter(request.submittedBy);
  if (build?.kind !== 'build') return null;
  const projects = (await acceptedPolicy(ctx))?.snapshot.projects ?? new Map();
  const project = [...projects.values()].find(({ slug }) => slug === request.projectSlug);
  const policy = [...(project?.policies.values() ?? [])].find(({ value }) => isOfRepository(value, build));
  const { provider, run, attempt } = build;
  const tokens = providers[provider as ProviderName].identityToken;
  const uri = policy?.value.origin?.repository.uri;
  if (uri === undefined || tokens === null) return null;
  return { run, attempt, address: tokens.runAddress(uri, run, attempt) };
}
