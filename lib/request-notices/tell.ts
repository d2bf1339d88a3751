/**
 * What the signer's journal says has changed, told to whom the accepted policy names. A request is looked at as it
 * stands, not entry by entry: whoever was told of it once is not told again, whatever is read twice.
 */
import { outstandingApprovers } from '../approvals/index.ts';
import { listCertificates } from '../certificates/index.ts';
import { sameIdentity } from '#core/identity/index.ts';
import type { Identity } from '#core/identity/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { PersonHandle, RequestId } from '#core/ids/index.ts';
import { effectivePolicy, findRecipients, identitiesOf } from '#core/policy/index.ts';
import type { EffectivePolicy, NoticeOccasion, PolicySnapshot } from '#core/policy/index.ts';
import { accountIn, columnsOf, hearsAsFoundation, notify } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { readRequest } from '../requests/index.ts';
import type { RequestDetail } from '../requests/index.ts';
import { askedAs, composeNotice } from './compose.ts';
import type { Asked, RequestFacts } from './compose.ts';
import { markJournalRead, readJournalNews } from './journal.ts';

/** A team is fifty people and more, and the database may be busy. */
const transactionLimits = { maxWait: 30_000, timeout: 60_000 };

type Telling = Pick<Portal, 'config' | 'db' | 'now' | 'policies'>;

/** → what went wrong, in words. */
export async function tellOfRequests(portal: Telling): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const news = await readJournalNews(portal.db);
  if (news === null) return [];
  for (const { id, seq } of news.requests) {
    try {
      await tellOfRequest(portal, accepted.snapshot, id);
    } catch (error) {
      // What comes before it is done; it and what comes after are looked at again.
      await markJournalRead(portal.db, seq - 1n);
      throw error;
    }
  }
  await markJournalRead(portal.db, news.last);
  return [];
}

/** `delayed`: that it has waited for long is what is to be told. */
export async function tellOfRequest(
  ctx: Telling,
  snapshot: PolicySnapshot,
  id: RequestId,
  { delayed = false } = {},
): Promise<void> {
  const request = await readRequest({ ctx, input: { id } });
  if (request === null) return;
  const due = await findDue(ctx, snapshot, request, delayed);
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('countersign:request-notices', 0))`;
    const told = await transaction.requestNotice.findMany({ where: { requestId: id } });
    await withdrawAnswered(transaction, request, due, told);
    if (due === null) return;
    for (const one of due.notices) {
      const isTold = (each: ToldRow): boolean =>
        sameIdentity(accountIn(each), one.account) && each.occasion === one.key;
      if (told.some(isTold)) continue;
      // They hear of it as those who run the foundation do (lib/requests, tellOfFailures): one message, not two.
      if (one.occasion === 'failed' && (await hearsAsFoundation(transaction, snapshot, one.account)))
        continue;
      const message = composeNotice(due.facts, one.occasion, one.asked);
      const notificationId = await notify(transaction, ctx, one.account, message);
      const { account, key: occasion } = one;
      await transaction.requestNotice.create({
        data: { requestId: id, ...columnsOf(account), occasion, notificationId },
      });
    }
  }, transactionLimits);
}

interface Notice {
  readonly account: Identity;
  readonly occasion: NoticeOccasion;
  /** One thing to be told: the same person hears of it once. */
  readonly key: string;
  readonly asked: Asked;
}

interface Due {
  readonly facts: RequestFacts;
  readonly notices: readonly Notice[];
}

/** null: nothing is to be told of it as it stands. */
async function findDue(
  ctx: Telling,
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
      const asked = askedOf(each, effective, outstanding, handle);
      if (person === undefined || asked === null) continue;
      const [account] = identitiesOf(person);
      // Whoever hears that it was released needs not hear that it was approved.
      if (each !== occasion && notices.some((one) => sameIdentity(one.account, account))) continue;
      notices.push({ account, occasion: each, key: keyOf(each, asked, effective), asked });
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
function keyOf(occasion: NoticeOccasion, asked: Asked, effective: EffectivePolicy | null): string {
  if (occasion !== 'waiting' || asked === 'onlooker' || effective === null) return occasion;
  return `waiting ${effective.digest.slice(0, 16)}`;
}

/** What there is to tell of a request as it stands, the most important first. */
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
      const isApproved = trace.pass.steps.some((one) => one.step === 'recheck' && one.state === 'passed');
      return isApproved ? [...late, 'approved'] : late;
    }
    case 'received':
    case 'checking':
      return late;
  }
}

function outstandingOf(ctx: Telling, request: RequestDetail, effective: EffectivePolicy) {
  const { id, submittedBy, artifact, sourceCommit } = request;
  return outstandingApprovers(
    ctx,
    {
      id,
      submittedBy,
      artifactSha256: artifact.sha256,
      sourceCommit: sourceCommit === null ? null : parseCommitSha(sourceCommit),
    },
    effective,
  );
}

function askedOf(
  occasion: NoticeOccasion,
  effective: EffectivePolicy | null,
  outstanding: { readonly handles: readonly PersonHandle[] } | null,
  handle: PersonHandle,
): Asked | null {
  if (occasion === 'approved') return (effective?.quorum ?? 0) > 0 ? 'onlooker' : null;
  if (occasion !== 'waiting') return 'onlooker';
  // Paused, or no such policy any more: nobody can approve it.
  if (effective === null || outstanding === null) return null;
  return askedAs(effective, outstanding.handles, handle);
}

interface ToldRow {
  readonly accountHost: string;
  readonly accountId: string;
  readonly occasion: string;
  readonly notificationId: bigint;
}

/** Who has answered, or needs to no more, isn't sent what they were asked and hasn't gone out yet. It stays on the portal. */
async function withdrawAnswered(
  transaction: Transaction,
  { project }: RequestDetail,
  due: Due | null,
  told: readonly ToldRow[],
): Promise<void> {
  const isDue = (row: ToldRow): boolean =>
    due?.notices.some((one) => sameIdentity(one.account, accountIn(row)) && one.key === row.occasion) ===
    true;
  const answered = told.filter((row) => row.occasion.startsWith('waiting') && !isDue(row));
  if (answered.length === 0) return;
  await transaction.notification.updateMany({
    where: {
      id: { in: answered.map((one) => one.notificationId) },
      // Not what it came together with.
      state: 'waiting',
      topic: `request-waiting ${project}`,
    },
    data: { state: 'kept' },
  });
}
