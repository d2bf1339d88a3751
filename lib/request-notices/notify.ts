/**
 * Notifies the people whom the accepted policy names of changes in the signer's journal. A request is evaluated as it stands, not
 * entry by entry: nobody is notified twice of the same, even if entries are read twice.
 */
import { outstandingApprovers } from '../approvals/index.ts';
import { listCertificates } from '../certificates/index.ts';
import { sameIdentity } from '#core/identity/index.ts';
import type { Identity } from '#core/identity/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { PersonHandle, RequestId } from '#core/ids/index.ts';
import { effectivePolicy, findRecipients, identitiesOf } from '#core/policy/index.ts';
import type { EffectivePolicy, NoticeOccasion, PolicySnapshot } from '#core/policy/index.ts';
import { accountIn, columnsOf, getsFoundationAlerts, notify } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { readRequest } from '../requests/index.ts';
import type { RequestDetail } from '../requests/index.ts';
import { recipientRole, composeNotice } from './compose.ts';
import type { RecipientRole, RequestFacts } from './compose.ts';
import { markJournalRead, readJournalUpdates } from './journal.ts';

/** A team may be fifty people or more, and the database may be busy. */
const transactionLimits = { maxWait: 30_000, timeout: 60_000 };

type NotifyContext = Pick<Portal, 'config' | 'db' | 'now' | 'policies'>;

/** → what went wrong, in words. */
export async function notifyOfRequests(portal: NotifyContext): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const updates = await readJournalUpdates(portal.db);
  if (updates === null) return [];
  for (const { id, seq } of updates.requests) {
    try {
      await notifyOfRequest(portal, accepted.snapshot, id);
    } catch (error) {
      // Entries before it are done; it and those after it are read again.
      await markJournalRead(portal.db, seq - 1n);
      throw error;
    }
  }
  await markJournalRead(portal.db, updates.last);
  return [];
}

/** `delayed`: the notice is that it has waited long. */
export async function notifyOfRequest(
  ctx: NotifyContext,
  snapshot: PolicySnapshot,
  id: RequestId,
  { delayed = false } = {},
): Promise<void> {
  const request = await readRequest({ ctx, input: { id } });
  if (request === null) return;
  const due = await findDue(ctx, snapshot, request, delayed);
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('countersign:request-notices', 0))`;
    const sent = await transaction.requestNotice.findMany({ where: { requestId: id } });
    await withdrawAnswered(transaction, request, due, sent);
    if (due === null) return;
    for (const notice of due.notices) {
      const isSent = (each: SentRow): boolean =>
        sameIdentity(accountIn(each), notice.account) && each.occasion === notice.key;
      if (sent.some(isSent)) continue;
      // They get it as people who run the foundation (lib/requests, notifyOfFailures): one message, not two.
      if (notice.occasion === 'failed' && (await getsFoundationAlerts(transaction, snapshot, notice.account)))
        continue;
      const message = composeNotice(due.facts, notice.occasion, notice.role);
      const notificationId = await notify(transaction, ctx, notice.account, message);
      const { account, key: occasion } = notice;
      await transaction.requestNotice.create({
        data: { requestId: id, ...columnsOf(account), occasion, notificationId },
      });
    }
  }, transactionLimits);
}

interface Notice {
  readonly account: Identity;
  readonly occasion: NoticeOccasion;
  /** Identifies the notice: the same person gets it once. */
  readonly key: string;
  readonly role: RecipientRole;
}

interface Due {
  readonly facts: RequestFacts;
  readonly notices: readonly Notice[];
}

/** null: no notice is due for it as it stands. */
async function findDue(
  ctx: NotifyContext,
  snapshot: PolicySnapshot,
  request: RequestDetail,
  delayed: boolean,
): Promise<Due | null> {
  const [occasion = null, ...others] = occasionsOf(request, delayed);
  if (occasion === null) return null;
  const [project, policy] = [parseProjectSlug(request.project), parsePolicySlug(request.policy)];
  const found = effectivePolicy(snapshot, project, policy);
  const effective = found.ok ? found.value : null;
  const outstanding =
    occasion === 'waiting' && effective !== null ? await outstandingOf(ctx, request, effective) : null;
  const notices: Notice[] = [];
  for (const each of [occasion, ...others]) {
    const of = { project, policy, occasion: each, submittedBy: request.submittedBy };
    for (const handle of findRecipients(snapshot, of)) {
      const person = snapshot.people.get(handle)?.value;
      const role = roleOf(each, effective, outstanding, handle);
      if (person === undefined || role === null) continue;
      const [account] = identitiesOf(person);
      // Nobody who is notified of the release needs to be notified of the approval.
      if (each !== occasion && notices.some((notice) => sameIdentity(notice.account, account))) continue;
      notices.push({ account, occasion: each, key: keyOf(each, role, effective), role });
    }
  }
  const certificates = occasion === 'completed' ? await listCertificates({ ctx, input: { project } }) : [];
  const { publicUrl } = ctx.config;
  return {
    facts: { request, effective, approvals: outstanding?.approvals ?? 0, certificates, publicUrl },
    notices,
  };
}

/** Under another policy earlier approvals don't count, and the same people are asked again. */
function keyOf(occasion: NoticeOccasion, role: RecipientRole, effective: EffectivePolicy | null): string {
  if (occasion !== 'waiting' || role === 'onlooker' || effective === null) return occasion;
  return `waiting ${effective.digest.slice(0, 16)}`;
}

/** The notices that a request is due as it stands, the most important first. */
function occasionsOf({ status, trace }: RequestDetail, delayed: boolean): readonly NoticeOccasion[] {
  const late: readonly NoticeOccasion[] = delayed ? ['delayed'] : [];
  switch (status) {
    case 'waiting-for-approval':
      return ['waiting'];
    case 'completed':
      return ['completed', 'approved'];
    case 'denied':
    case 'failed':
      return [status];
    case 'signing': {
      const isApproved = trace.pass.steps.some((step) => step.step === 'recheck' && step.state === 'passed');
      return isApproved ? [...late, 'approved'] : late;
    }
    case 'received':
    case 'checking':
      return late;
  }
}

function outstandingOf(ctx: NotifyContext, request: RequestDetail, effective: EffectivePolicy) {
  const { id, submittedBy, parameters, artifact, sourceCommit } = request;
  return outstandingApprovers(
    ctx,
    {
      id,
      submittedBy,
      parameters,
      artifactSha256: artifact.sha256,
      sourceCommit: sourceCommit === null ? null : parseCommitSha(sourceCommit),
    },
    effective,
  );
}

function roleOf(
  occasion: NoticeOccasion,
  effective: EffectivePolicy | null,
  outstanding: { readonly handles: readonly PersonHandle[] } | null,
  handle: PersonHandle,
): RecipientRole | null {
  if (occasion === 'approved') return (effective?.quorum ?? 0) > 0 ? 'onlooker' : null;
  if (occasion !== 'waiting') return 'onlooker';
  // Paused, or no such policy any more: nobody can approve it.
  if (effective === null || outstanding === null) return null;
  return recipientRole(effective, outstanding.handles, handle);
}

interface SentRow {
  readonly accountHost: string;
  readonly accountId: string;
  readonly occasion: string;
  readonly notificationId: bigint;
}

/** A message that hasn't been sent yet isn't sent to somebody who has decided, or no longer needs to. It stays on the portal. */
async function withdrawAnswered(
  transaction: Transaction,
  { project }: RequestDetail,
  due: Due | null,
  sent: readonly SentRow[],
): Promise<void> {
  const isDue = (row: SentRow): boolean =>
    due?.notices.some(
      (notice) => sameIdentity(notice.account, accountIn(row)) && notice.key === row.occasion,
    ) === true;
  const answered = sent.filter((row) => row.occasion.startsWith('waiting') && !isDue(row));
  if (answered.length === 0) return;
  await transaction.notification.updateMany({
    where: {
      id: { in: answered.map((notice) => notice.notificationId) },
      // Not group messages.
      state: 'waiting',
      topic: `request-waiting ${project}`,
    },
    data: { state: 'kept' },
  });
}
