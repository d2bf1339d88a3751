/**
 * The proof of origin of a file, as the host keeps it. It only saves the workflow from sending it along: the signer judges it as if it
 * had been sent, and the host's word counts for nothing.
 */
import type { SigningPolicy } from '#core/generated/index.ts';
import type { PolicySlug, Sha256Hex } from '#core/ids/index.ts';
import { isError } from '#core/error/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { isProvenanceOf, RequestsError } from '../requests/index.ts';
import { FetchError } from './error.ts';
import { originPlaceOf } from './place.ts';

type Bundle = Readonly<Record<string, unknown>>;

/** Of several the newest of this run, or else the newest. Rejects with RequestsError where there is none. */
export async function findProvenance(
  ctx: Pick<Context, 'codeHosts'>,
  asked: {
    readonly policy: SigningPolicy;
    readonly policySlug: PolicySlug;
    readonly sha256: Sha256Hex;
    readonly runId: string | null;
    readonly token: string | null;
  },
): Promise<Bundle> {
  const { policy, policySlug, sha256, runId, token } = asked;
  const { buildFiles, place, repository } = originPlaceOf(ctx, policy, policySlug, 'github');
  const ask = (by: string | null) => buildFiles.attestations(place, sha256, by);
  let bundles: readonly Bundle[];
  try {
    bundles = await ask(token).catch((error: unknown) => {
      // A job's token may lack the right that nobody needs for a public repository.
      if (token !== null && isError(error, CodeHostError) && error.code === 'FORBIDDEN') return ask(null);
      throw error;
    });
  } catch (cause) {
    if (!isError(cause, CodeHostError)) throw cause;
    throw new FetchError({
      code: cause.code === 'FORBIDDEN' ? 'HOST_ACCESS_DENIED' : 'CODE_HOST_UNAVAILABLE',
      message: 'The host doesn’t say which attestations it keeps of this file.',
      fix: 'Try again later. The token needs the permission attestations: read.',
      cause,
    });
  }
  const proofs = bundles.filter((bundle) => isProvenanceOf(bundle, sha256));
  const found = proofs.find((bundle) => runId !== null && isOfRun(bundle, runId)) ?? proofs[0];
  if (found !== undefined) return found;
  throw new RequestsError({
    code: 'ORIGIN_EVIDENCE_MISSING',
    message: `The policy ${policySlug} signs only what can prove its origin, and ${repository.uri} keeps no build provenance of this file (SHA-256 ${sha256}).`,
    fix: 'Attest this very file in the job that builds it: actions/attest-build-provenance with subject-path; of an artifact of the run with subject-name, and subject-digest: sha256:${{ steps.ID.outputs.artifact-digest }} of the step that uploads.',
  });
}

/** Only to choose among several. */
function isOfRun(bundle: Bundle, runId: string): boolean {
  const envelope = bundle['dsseEnvelope'];
  const payload =
    typeof envelope === 'object' && envelope !== null && 'payload' in envelope ? envelope.payload : null;
  return (
    typeof payload === 'string' &&
    Buffer.from(payload, 'base64').toString('utf8').includes(`/actions/runs/${runId}/`)
  );
}
