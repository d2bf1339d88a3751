import { parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySlug } from '#core/ids/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { RequestsError } from './error.ts';

/** A policy names its artifact configuration; a request can't choose another one, only say which it expects. */
export async function checkConfiguration(
  ctx: Context,
  asked: { readonly project: string; readonly policy: PolicySlug; readonly configuration: PolicySlug },
): Promise<void> {
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  const project = snapshot?.projects.get(parseProjectSlug(asked.project));
  const named = project?.policies.get(asked.policy)?.value.artifactConfiguration;
  // Where there is no such policy, the submission says so.
  if (named === undefined || named === asked.configuration) return;
  const others = [...(project?.policies ?? [])].flatMap(([slug, { value }]) =>
    value.artifactConfiguration === asked.configuration ? [slug] : [],
  );
  throw new RequestsError({
    code: 'CONFIGURATION_OF_POLICY',
    message: `The policy ${asked.policy} signs by the artifact configuration ${named}, and a request can’t choose ${asked.configuration}.`,
    fix:
      others.length > 0
        ? `Submit it under ${others.join(' or ')}, which signs by ${asked.configuration}.`
        : `Let a policy name ${asked.configuration} as its artifactConfiguration, by a policy change.`,
  });
}
