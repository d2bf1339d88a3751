/** What SignPath's connector does with a workflow's request, by the rules that all requests here have. */
import type { PolicySlug, ProjectSlug, RequestId } from '#core/ids/index.ts';
import type { SigningPolicy } from '#core/generated/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { findProvenance, originPlaceOf, startFetch, waitForFetch } from '../artifact-fetches/index.ts';
import type { FetchedFile } from '../artifact-fetches/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseSubmission, submitRequest } from '../requests/index.ts';
import { SignPathError } from './error.ts';

export interface SignPathSubmission {
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  /** null: the policy's own. */
  readonly configuration: string | null;
  /** `owner/name`: only compared with what the policy says. */
  readonly repository: string;
  readonly runId: string;
  readonly artifactId: string;
  /** The job's, for this call alone. */
  readonly token: string;
  readonly parameters: ParameterValues;
}

interface Wait {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches the artifact, finds its provenance, and submits. The same again attaches at every step, so that a client may send it as
 * often as it likes. Rejects with STILL_FETCHING where the file isn't there when the time is over.
 */
export async function submitFromSignPath(call: {
  readonly ctx: Context;
  readonly input: SignPathSubmission;
  readonly wait: Wait;
}): Promise<{ readonly id: RequestId; readonly created: boolean; readonly file: FetchedFile }> {
  const { ctx, input, wait } = call;
  const { project, policy: policySlug, runId, token, parameters } = input;
  const { policy } = await authoriseSubmission({ ctx, input: { project, policy: policySlug, parameters } });
  checkConfiguration(policy, input);
  checkRepository(ctx, policy, input);
  const file = await fetchFile(ctx, input, wait);
  const { sha256, name } = file;
  const asked = { policy, policySlug, sha256, runId, token };
  const bundle = await findProvenance(ctx, asked);
  const submitted = await submitRequest({
    ctx,
    input: {
      project,
      parameters,
      bundle,
      policy: policySlug,
      artifact: { sha256, name },
      // By file, proof and parameters: an artifact of a run never changes, and what was refused may be asked again.
      idempotencyKey: null,
    },
  });
  return { ...submitted, file };
}

async function fetchFile(
  ctx: Context,
  { project, policy, runId, artifactId, token }: SignPathSubmission,
  wait: Wait,
): Promise<FetchedFile> {
  const started = await startFetch({
    ctx,
    input: { project, policy, host: 'github', runId, artifactId, token },
  });
  const fetched = await waitForFetch(ctx, started.id, wait);
  if (fetched?.file !== null && fetched?.file !== undefined) return fetched.file;
  if (fetched?.state === 'failed' && fetched.problem !== null) throw fetched.problem;
  const why = fetched?.problem?.message ?? '';
  throw new SignPathError({
    code: 'STILL_FETCHING',
    message: `The portal is still fetching the artifact ${artifactId} from the host. ${why}`.trim(),
    fix: 'Send the same again: it attaches to the fetch.',
  });
}

/** A policy here has one configuration; SignPath's projects have a default, and requests may choose. */
function checkConfiguration(
  { artifactConfiguration }: SigningPolicy,
  { configuration, policy, project }: SignPathSubmission,
): void {
  if (configuration === null || configuration === artifactConfiguration) return;
  throw new SignPathError({
    code: 'OTHER_CONFIGURATION',
    message: `The signing policy ${policy} of ${project} holds files to the artifact configuration ${artifactConfiguration}, not ${configuration}.`,
    fix: `Leave artifact-configuration-slug out, or name the policy that has ${configuration}: here each policy has one.`,
  });
}

/** Early and in words: from whichever repository the file is fetched is for the policy to say. */
function checkRepository(
  ctx: Context,
  policy: SigningPolicy,
  { repository, policy: policySlug, project }: SignPathSubmission,
): void {
  const { place } = originPlaceOf(ctx, policy, policySlug, 'github');
  const expected = `${place.owner}/${place.name}`;
  if (repository.toLowerCase() === expected.toLowerCase()) return;
  throw new SignPathError({
    code: 'OTHER_REPOSITORY',
    message: `This workflow runs in ${repository}; the signing policy ${policySlug} of ${project} takes builds of ${expected}.`,
    fix: 'Name the project of this repository, or change origin.repository by a policy change.',
  });
}
