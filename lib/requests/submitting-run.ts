import { providerOf, providers } from '#core/origin/index.ts';
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
  const projects = [...((await acceptedPolicy(ctx))?.snapshot.projects.values() ?? [])];
  const policies = projects.find(({ slug }) => slug === request.projectSlug)?.policies.values() ?? [];
  const origin = [...policies].find(({ value }) => isOfRepository(value, build))?.value.origin;
  const tokens = origin === undefined ? null : providers[providerOf(origin)].identityToken;
  if (origin === undefined || tokens === null) return null;
  const { run, attempt } = build;
  return { run, attempt, address: tokens.runAddress(origin.repository.uri, run, attempt) };
}
