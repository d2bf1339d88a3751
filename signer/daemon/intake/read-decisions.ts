/** What people decided about a request, as far as the signer has read it; read before, during and after the checks. */
import { info, pass, type Finding } from '#core/wire/finding/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { effectivePolicy, type EffectivePolicy } from '#core/policy/index.ts';
import { readSubmissions } from '../approvals/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { findDenial } from '../checks/index.ts';
import { isDatabaseUnavailable } from '../../ground/database/index.ts';
import { loadRequest, type ClaimedRequest } from '../requests/index.ts';
import type { Run } from '../run/index.ts';
import type { SignerContext } from './context.ts';

type Ports = Pick<SignerContext, 'database' | 'log' | 'now' | 'policy'>;

/** Continues where the last call stopped → everything on record, and whether anything is left to read. */
export function readDecisions(
  { database, now }: Pick<Ports, 'database' | 'now'>,
  requestId: RequestId,
  approvers: EffectivePolicy['approvers'],
) {
  return readSubmissions({ database, requestId, approvers, now: now() });
}

/**
 * Reads what was submitted since the last pass, whatever the request waits for, and ends the request if one of its
 * approvers denied it (throws RunEnded). Needs only the database and the policy in force, so that a denial counts
 * even while the scanner or the Git host is down.
 */
export async function endIfDenied(context: Ports, run: Run, id: RequestId): Promise<void> {
  const request = await loadRequest(context.database, id).catch((error: unknown) => {
    if (isDatabaseUnavailable(error)) throw error;
    return null; // malformed, which the next pass reports
  });
  if (request === null) return;
  const effective = await policyInForce(context, request);
  const { submissions } = await readDecisions(context, id, effective?.approvers ?? []);
  if (effective === null) return;
  const findings = findDenial({ request, effective, submissions, now: context.now() });
  if (findings === null) return;
  run.policyCommit = effective.commit;
  await run.step('approval', 'checking', () => Promise.resolve({ ok: false, findings }));
}

/** null: under the policy in force nothing may be signed for the request, so no decision is needed. */
async function policyInForce(
  { policy, log }: Ports,
  { project, policy: name }: ClaimedRequest,
): Promise<EffectivePolicy | null> {
  try {
    const snapshot = await policy.inForce();
    if (snapshot === null) return null;
    const found = effectivePolicy(snapshot, project, name);
    return found.ok ? found.value : null;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.warn({ err: error }, 'decisions can’t be read without the policy');
    return null;
  }
}

/** Whether anybody denied a request while its files were signed; `ok: 'waiting'` where that isn't known yet. */
export async function denialSince(
  context: Pick<Ports, 'database' | 'now'>,
  request: ClaimedRequest,
  effective: EffectivePolicy,
): Promise<
  | { readonly ok: boolean; readonly findings: readonly Finding[] }
  | { readonly ok: 'waiting'; readonly findings: readonly Finding[]; readonly summary: string }
> {
  const { submissions, reading } = await readDecisions(context, request.id, effective.approvers);
  const denied = findDenial({ request, effective, submissions, now: context.now() });
  if (denied !== null) return { ok: false, findings: denied };
  const about = { rule: 'release.denial', policy: effective.locate(['approval']) };
  if (reading.unread === 0) {
    return { ok: true, findings: [pass({ ...about, message: 'Nobody denied the request meanwhile.' })] };
  }
  const summary = `Reading what was submitted: ${reading.unread} of ${reading.total} submissions are still to be read.`;
  return { ok: 'waiting', findings: [info({ ...about, message: summary })], summary };
}
