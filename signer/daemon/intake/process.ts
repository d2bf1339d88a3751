/**
 * One request, from the claim in the portal's table to the released file or the refusal. Whatever triggered it, a
 * pass starts from the bytes: nothing is taken from an earlier pass.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z, ZodError } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import {
  checkApproval,
  type ApprovedRequest,
  type InspectedArtifact,
  checkOrigin,
  checkPolicy,
  decidingDigest,
  type GoverningPolicy,
  receiveArtifact,
  type ReceivedArtifact,
  type ScannedArtifact,
} from '../checks/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { isDatabaseUnavailable } from '../../ground/database/index.ts';
import { claimedKeys, openClaims, resolveClaims, type SignatureClaims } from '../claims/index.ts';
import type { Evidence } from '../grant/index.ts';
import { firstStartOf, JournalDamaged } from '../../ground/journal/index.ts';
import { requestReceived } from '#core/wire/journal/index.ts';
import { hasParameters } from '#core/wire/parameters/index.ts';
import { withCalls } from '../measures/index.ts';
import { isFinal, type RequestStep } from '#core/wire/request/index.ts';
import { isPassDue, loadRequest, readState, type ClaimedRequest } from '../requests/index.ts';
import { keepTimestamps, signArtifact, signerOf, verifySigned } from '../signing/index.ts';
import { askHost } from './ask-host.ts';
import type { SignerContext } from './context.ts';
import { endIfCancelled, findCancelled } from './cancelled.ts';
import { finalCheck, checkBeforeFile } from './final-check.ts';
import { endIfDenied, readDecisions } from './read-decisions.ts';
import { releaseArtifact } from './release.ts';
import { beginScan, inspectionStep, scanStep } from './report-inspection.ts';
import { Run, RunEnded, type StepResult } from '../run/index.ts';
import { LeaseLost, type PassEnd, type Turn } from '../turns/index.ts';
import { withCurrentKeys } from './with-current-keys.ts';

interface Work {
  readonly context: SignerContext;
  readonly run: Run;
  readonly request: ClaimedRequest;
  readonly directory: string;
}

interface Checks {
  readonly governing: GoverningPolicy;
  readonly received: ReceivedArtifact;
  readonly origin: VerifiedOrigin | null;
  readonly inspected: InspectedArtifact;
  readonly scanned: ScannedArtifact;
  readonly approval: ApprovedRequest;
}

/**
 * Takes a request as far as possible now → how the pass ended. Never throws for a refusal; throws where nothing can
 * be recorded: the database is gone or an older one, or the lease is lost.
 */
export async function processRequest(
  context: SignerContext,
  { lease }: Pick<Turn, 'lease'>,
): Promise<PassEnd> {
  const { requestId: id } = lease;
  await context.journal.check();
  const state = await readState(context.database, id);
  if (state !== null && isFinal(state.status)) return { kind: 'ended' };
  const run = new Run({
    database: context.database,
    lease,
    pass: (state?.pass ?? 0) + 1,
    attempt: state?.retries ?? 0,
    retry: context.config.retry,
    now: () => context.clock.time(),
    // When it is tried again, and when something was, would else be wrong for as long as a clock was.
    written: () => context.clock.written(),
    onStep: (ended) => context.measures?.step(ended),
  });
  const directory = path.join(context.config.workDirectory, id);
  try {
    if (state !== null) await endIfCancelled(context, run, id);
    if (state !== null) await endIfDenied(context, run, id);
    // A request without state is due, unless it doesn't exist, which shows as it is loaded.
    if (state !== null && !(await isPassDue(context.database, run.now(), id))) return { kind: 'ended' };
    await withCalls(run.calls, () => walk(context, run, id, directory));
  } catch (error) {
    if (error instanceof RunEnded) {
      context.log.info({ requestId: id, outcome: error.code }, error.summary);
      return { kind: error.code === 'GONE' ? 'gone' : 'ended' };
    }
    // Without the database nothing is decided: the request stays as it is and is retried.
    if (isDatabaseUnavailable(error) || error instanceof LeaseLost) throw error;
    // Nothing is written, either, into a database that isn't the one that this signer remembers.
    if (error instanceof JournalDamaged) throw error;
    context.log.error({ requestId: id, err: error }, 'the request could not be processed');
    await run.failed(
      run.at,
      // The portal tells reviewers and policy maintainers of every request that failed.
      'The signer failed with an internal error. The foundation is notified; nothing was signed beyond what the trace shows.',
    );
  } finally {
    await context.inspector.discard(id);
    await rm(directory, { recursive: true, force: true });
  }
  return { kind: 'ended' };
}

async function walk(context: SignerContext, run: Run, id: RequestId, directory: string): Promise<void> {
  const request = await claimed(context, run, id);
  if (run.pass === 1) await endIfCancelled(context, run, id);
  const work: Work = { context, run, request, directory };
  const checks = await runChecks(work);
  const evidence = await recheck(work, checks);
  const { timestamps, timestampRoots } = context;
  const sign = async () =>
    signArtifact({
      run,
      evidence,
      keyHolder: context.keyHolder,
      claims: claimsOf(context, run),
      timestamps: keepTimestamps(timestamps, context.database, id, timestampRoots),
      inspector: context.inspector,
      signer: signerOf(evidence.governing.key, await firstStartOf(context.database, id, 'signing')),
      checkBeforeFile: () => checkBeforeFile(context, request, evidence),
      wait: (seconds) => sleep(seconds * 1000),
    });
  const signed = await run.step('signing', 'signing', sign, 'goes-on');
  // It isn't asked any more: it ends beside the verification, and before its file is released.
  const sealed = context.inspector.end(request.id);
  sealed.catch(() => undefined);
  const verify = async () =>
    verifySigned({
      signed: signed.files,
      followed: signed.followed,
      governing: evidence.governing,
      timestampRoots,
    });
  const verified = await run.step('verification', 'signing', verify, 'goes-on');
  const checkAgain = async () => {
    const checked = await finalCheck(context, request, evidence.governing);
    if (checked.ok === 'waiting') run.decisionsCounted = -1;
    return checked;
  };
  await run.step('release', 'signing', async () => {
    const checked = await checkAgain();
    if (checked.ok !== true) return checked;
    return releaseArtifact({
      context,
      run,
      request,
      governing: evidence.governing,
      artifact: signed.version,
      followed: signed.followed,
      verified,
      sealed,
      finalCheck: checkAgain,
    });
  });
}

function claimsOf({ config, database, now }: SignerContext, { lease }: Run): SignatureClaims {
  const { signerId: signer, keyHolder } = config;
  const of = { database, signer, keyHolderJournal: keyHolder.journal };
  const resolve = async (): Promise<void> => {
    await resolveClaims({ ...of, atWork: [], only: lease.requestId });
  };
  return openClaims({ database, lease, signer, resolve, now });
}

async function claimed(context: SignerContext, run: Run, id: RequestId): Promise<ClaimedRequest> {
  let request: ClaimedRequest | null;
  try {
    request = await loadRequest(context.database, id);
  } catch (error) {
    if (!isParseError(error)) throw error;
    const what = error instanceof ZodError ? z.prettifyError(error) : (error as Error).message;
    await run.deny('received', `The request is malformed: ${what.slice(0, 300).toWellFormed()}`);
    throw new RunEnded('DENIED', 'malformed request');
  }
  if (request === null) throw new RunEnded('GONE', 'no such request');
  if (run.pass === 1) {
    const event = requestReceived({
      pass: run.pass,
      project: request.project,
      policy: request.policy,
      artifactSha256: request.artifactSha256,
      artifactName: request.artifactName,
      bundleSha256: request.bundleSha256,
      submittedBy: request.submittedBy,
      submittedAt: request.submittedAt.toISOString(),
      ...(hasParameters(request.parameters) ? { parameters: request.parameters } : {}),
    });
    run.hold(event);
  }
  return request;
}

async function runChecks({ context, run, request, directory }: Work): Promise<Checks> {
  const { config } = context;
  const check = <T>(step: RequestStep, work: () => Promise<StepResult<T>>): Promise<T> =>
    run.step(step, 'checking', work, 'goes-on');
  const received = await check('received', async () => {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return receiveArtifact({
      store: context.artifacts,
      request,
      directory,
      sizeBytesMax: config.store.artifactSizeBytesMax,
    });
  });
  const governing = await check('policy', async () => {
    const known = await policyNow(context, request);
    const found = await withCurrentKeys(context, () =>
      checkPolicy({ ...known, request, keys: context.keys.current(), now: run.now() }),
    );
    if (found.ok) {
      run.policyCommit = found.value.effective.commit;
      run.policyDigest = decidingDigest(known.snapshot, found.value.effective);
    }
    return found;
  });
  const { effective } = governing;
  const origin = await check('origin', async () => {
    const found = await checkOrigin({
      store: context.artifacts,
      request,
      received,
      effective,
      trustRoots: context.trustRoots,
      directory,
      now: run.now(),
    });
    if (!found.ok) return found;
    run.sourceCommit = found.value?.claims.commit ?? null;
    const asked = await askHost({ context, run }, effective, found.value);
    const findings = [...found.findings, ...asked.findings];
    return asked.ok ? { ...found, findings } : { ok: false as const, findings, facts: found.facts ?? null };
  });
  const reported = { context, run, request, directory, governing, origin };
  const ahead = beginScan(reported, received);
  try {
    const inspected = await check('inspection', () => inspectionStep(reported, received));
    const scanned = await check('scan', () => scanStep(reported, inspected, ahead));
    const approval = await check('approval', () => countNow(context, run, request, governing, origin));
    return { governing, received, origin, inspected, scanned, approval };
  } finally {
    ahead?.stop();
  }
}

/** The accepted policy, everything that it and its predecessors revoke, and what was claimed before. Throws while signing is stopped. */
async function policyNow(context: SignerContext, request: ClaimedRequest) {
  await context.journal.check();
  await context.stops.check(request.project);
  context.clock.check();
  const snapshot = await context.policy.refresh();
  const revocations = await context.revocations.learn(snapshot);
  context.policy.checkFresh();
  await context.policy.checkNotBehind();
  return { snapshot, revocations, claimedBy: await claimedKeys(context.database, request.id) };
}

async function countNow(
  context: SignerContext,
  run: Run,
  request: ClaimedRequest,
  governing: GoverningPolicy,
  origin: VerifiedOrigin | null,
) {
  const { effective } = governing;
  const { submissions, count, reading } = await readDecisions(context, request.id, effective.approvers);
  run.decisionsCounted = reading.unread === 0 ? count : -1;
  return checkApproval({
    request,
    effective,
    sourceCommit: origin?.claims.commit ?? null,
    submissions,
    reading,
    policyDigestAt: (commit) => context.policy.digestAt(commit, request.project, request.policy),
    now: run.now(),
  });
}

/** Minutes may pass between the first check and the signature: policy, certificate and approvals as of now. */
async function recheck({ context, run, request }: Work, checks: Checks): Promise<Evidence> {
  const again = async () => {
    const cancelled = await findCancelled(context, request.id);
    if (cancelled !== null) return { ok: false as const, findings: cancelled };
    const known = await policyNow(context, request);
    const checked = await withCurrentKeys(context, () =>
      checkPolicy({ ...known, request, keys: context.keys.current(), now: run.now() }),
    );
    if (!checked.ok) return checked;
    const governing = checked.value;
    if (governing.effective.digest !== checks.governing.effective.digest) {
      throw new Unavailable(
        'policy',
        'the policy changed while the request was checked',
        'none is needed: the request is checked again',
      );
    }
    const counted = await countNow(context, run, request, governing, checks.origin);
    if (counted.ok !== true) return counted;
    const host = await askHost({ context, run }, governing.effective, checks.origin);
    const findings = [...checked.findings, ...counted.findings, ...host.findings];
    if (!host.ok) return { ok: false as const, findings };
    const evidence: Evidence = {
      request,
      governing,
      origin: checks.origin,
      host: host.value,
      inspected: checks.inspected,
      scanned: checks.scanned,
      approval: counted.value,
      checkedPolicyDigest: checks.governing.effective.digest,
    };
    return { ok: true as const, value: evidence, findings };
  };
  return run.step('recheck', 'signing', again, 'goes-on');
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && (error instanceof ZodError || error.name === 'IdentifierError');
}
