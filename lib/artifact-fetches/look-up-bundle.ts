/** A submission that says where the proof of origin is kept, in place of it. */
import type { PolicySlug, ProjectSlug, Sha256Hex } from '#core/ids/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseSubmission } from '../requests/index.ts';
import { findProvenance } from './find-provenance.ts';

/** Whoever may submit the file under the policy may have it looked up. The host is the one of the policy's repository. */
export async function lookUpBundle(call: {
  readonly ctx: Context;
  readonly input: {
    readonly project: ProjectSlug;
    readonly policy: PolicySlug;
    readonly parameters: ParameterValues;
    readonly sha256: Sha256Hex;
    /** Of several, the one of this run is taken; null: of the caller's, where a build calls. */
    readonly runId: string | null;
    /** For this look alone; null: the portal's own, or nobody's. */
    readonly token: string | null;
  };
}): Promise<Readonly<Record<string, unknown>>> {
  const { ctx, input } = call;
  const { policy } = await authoriseSubmission({ ctx, input });
  const run = ctx.actor.kind === 'build' ? ctx.actor.run : null;
  const { policy: policySlug, sha256, runId, token } = input;
  return findProvenance(ctx, { policy, policySlug, sha256, runId: runId ?? run, token });
}
