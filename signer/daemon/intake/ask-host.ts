import type { VerifiedOrigin } from '#core/origin/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { Checked } from '#core/wire/finding/index.ts';
import { hostAsked } from '#core/wire/journal/index.ts';
import { checkHost, type HostAsked } from '../checks/index.ts';
import type { Run } from '../run/index.ts';
import type { SignerContext } from './context.ts';

/**
 * What the code host says of a build, as of now: before anything is opened, and once more before anything is signed. It is in the
 * journal before the step's end, which says what came of it.
 */
export function askHost(
  { context, run }: { readonly context: Pick<SignerContext, 'codeHosts'>; readonly run: Run },
  effective: EffectivePolicy,
  origin: VerifiedOrigin | null,
): Promise<Checked<HostAsked>> {
  return checkHost({
    hosts: context.codeHosts,
    effective,
    origin,
    record: (look) => run.hold(hostAsked({ pass: run.pass, step: run.at, ...look })),
  });
}
