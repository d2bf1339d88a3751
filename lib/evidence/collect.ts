import { CodedError, isError } from '#core/error/index.ts';
import { addEvent, findConditions, lockApplication, toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { answerOf, controlChanges, controlOf, judgeEvidence, readAnswers } from './reputation/index.ts';
import type { Answers, CitedSignal, Claims, RawAnswer, Source } from './reputation/index.ts';
import { notifyReviewers } from '../notifications/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { CodeHost, HostQuestion, HostQuestionName } from '../platform/code-host/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { assemble, assembledSources, placeOf, questionsAbout, reasonOf } from './ask-host.ts';
import { askPages } from './ask-pages.ts';
import { confirmAnswer, keepAnswer, newestAnswers, rawOf } from './stored-answers.ts';
import type { StoredAnswer } from './stored-answers.ts';

/** Something couldn't be fetched now: the rest is kept, and the job has to be repeated. */
export class EvidenceIncomplete extends CodedError<'EVIDENCE_INCOMPLETE'> {
  static override readonly errorName = 'EvidenceIncomplete';
  constructor(sources: readonly Source[]) {
    super('EVIDENCE_INCOMPLETE', `no answer yet about: ${sources.join(', ')}`);
  }
}

type Fetched =
  | { readonly kind: 'new'; readonly body: unknown; readonly etag: string | null }
  | { readonly kind: 'same' }
  | { readonly kind: 'failed'; readonly reason: string; readonly again: boolean };

/**
 * Asks the code host about an application's repository, keeps its answers, and writes down what changed. Rejects with
 * EvidenceIncomplete where asking again later may bring more.
 */
export async function collectEvidence(portal: Portal, applicationId: number): Promise<void> {
  const row = await portal.db.application.findUnique({ where: { id: applicationId } });
  if (row === null) return;
  const application = toApplication(row);
  if (application.repository === null) return;
  const before = await newestAnswers(portal.db, applicationId);
  const fetched = await fetchAll(portal, application.repository.uri, claimsOf(application), before);
  const ctx: Context = { ...portal, actor: { kind: 'operator', name: 'portal' } };
  await portal.db.$transaction(
    async (transaction) => {
      await lockApplication(transaction, applicationId);
      await keep(transaction, ctx, application, before, fetched);
    },
    { timeout: 60_000 },
  );
  const again = [...fetched]
    .filter(([, one]) => one.kind === 'failed' && one.again)
    .map(([source]) => source);
  if (again.length > 0) throw new EvidenceIncomplete(again);
}

const claimsOf = ({ answers }: Application): Claims => ({
  licence: answers['licence']?.['licence'] ?? null,
  homepage: answers['pages']?.['homepage'] ?? null,
});

async function fetchAll(
  { codeHosts, fetchPage }: Portal,
  uri: string,
  claims: Claims,
  before: ReadonlyMap<Source, StoredAnswer>,
): Promise<ReadonlyMap<Source, Fetched>> {
  const fetched = new Map<Source, Fetched>();
  const found = codeHosts.find(uri);
  if (found === null) return fetched;
  const { host } = found;
  const limits = { reached: false };
  const attempt = async (source: Source, work: () => Promise<Fetched>): Promise<void> => {
    // A client that keeps calling while it is rate-limited may be blocked.
    if (limits.reached) {
      fetched.set(source, { kind: 'failed', reason: 'the host asks to wait', again: true });
      return;
    }
    try {
      fetched.set(source, await work());
    } catch (error) {
      if (!isError(error, CodeHostError)) throw error;
      limits.reached = error.code === 'RATE_LIMITED';
      const again = ['RATE_LIMITED', 'NOT_READY', 'UNAVAILABLE'].includes(error.code);
      fetched.set(source, { kind: 'failed', reason: reasonOf(error), again });
    }
  };
  const ask = <Place>(source: HostQuestionName, question: HostQuestion<unknown, Place>, place: Place) =>
    attempt(source, async () => {
      const answer = await question.ask(place, before.get(source)?.etag ?? null);
      return answer === null ? { kind: 'same' } : { kind: 'new', body: answer.raw, etag: answer.etag };
    });
  // By the address in the application: the first question is who owns that name now.
  await ask('repository', host.questions.repository, found.place);
  const place = placeOf(answersOf(host, before, fetched));
  if (place === null || fetched.get('repository')?.kind === 'failed') return fetched;
  for (const source of questionsAbout) {
    const question = host.questions[source];
    if (question.applies(place)) await ask(source, question, place);
  }
  for (const source of assembledSources) {
    await attempt(source, async () => {
      // Of a tree that is the same, the files are.
      if (source === 'texts' && fetched.get('tree')?.kind === 'same' && before.has('texts'))
        return { kind: 'same' };
      const body = await assemble(source, host, place, answersOf(host, before, fetched));
      return { kind: 'new', body, etag: null };
    });
  }
  fetched.set(
    'pages',
    await fetchPages(fetchPage, { home: claims.homepage ?? place.homepage, repository: uri }, before),
  );
  return fetched;
}

/** A page that can't be fetched now says nothing, and doesn't replace what was seen; it is fetched again in a week. */
async function fetchPages(
  fetchPage: Portal['fetchPage'],
  asked: { readonly home: string | null; readonly repository: string },
  before: ReadonlyMap<Source, StoredAnswer>,
): Promise<Fetched> {
  const seen = await askPages(fetchPage, asked);
  const [failure] = seen.failed;
  if (seen.pages.length === 0 && failure !== undefined && before.has('pages')) {
    return { kind: 'failed', reason: failure.reason, again: false };
  }
  return { kind: 'new', body: seen, etag: null };
}

/** What is known now: the new answers; where there is none, what the host said before. */
function answersOf(
  host: CodeHost,
  before: ReadonlyMap<Source, StoredAnswer>,
  fetched: ReadonlyMap<Source, Fetched>,
): Answers {
  const answers: Partial<Record<Source, RawAnswer>> = {};
  for (const [source, stored] of before) answers[source] = rawOf(stored);
  for (const [source, one] of fetched) {
    if (one.kind === 'new') answers[source] = { ok: true, body: one.body };
    else if (one.kind === 'failed') answers[source] ??= { ok: false, reason: one.reason };
  }
  return readAnswers(answers, host);
}

async function keep(
  transaction: Transaction,
  ctx: Context,
  application: Application,
  before: ReadonlyMap<Source, StoredAnswer>,
  fetched: ReadonlyMap<Source, Fetched>,
): Promise<void> {
  const at = ctx.now();
  const applicationId = application.id;
  const hashes = new Map(Array.from(before, ([source, stored]) => [source, stored.sha256]));
  for (const [source, one] of fetched) {
    const stored = before.get(source);
    if (one.kind === 'new') {
      const answer = { applicationId, source, etag: one.etag, body: one.body, at };
      hashes.set(source, await keepAnswer(transaction, stored, answer));
    } else if (one.kind === 'same' && stored !== undefined) await confirmAnswer(transaction, stored, at);
  }
  const host = ctx.codeHosts.hostOf(application.repository?.uri ?? '');
  const answers = answersOf(host, before, fetched);
  await keepSignals(
    transaction,
    applicationId,
    judgeEvidence({ answers, host, now: at, claims: claimsOf(application) }),
    hashes,
    at,
  );
  const old = before.get('repository');
  await alertReviewers(transaction, ctx, application, {
    before: readAnswers(old === undefined ? {} : { repository: rawOf(old) }, host),
    answers,
    gone: fetched.get('repository')?.kind === 'failed' ? (fetched.get('repository') ?? null) : null,
  });
}

/** A row for each signal that says something new; an answer that failed doesn't take back what was seen. */
async function keepSignals(
  transaction: Transaction,
  applicationId: number,
  signals: readonly CitedSignal[],
  hashes: ReadonlyMap<Source, string>,
  at: Date,
): Promise<void> {
  const rows = await transaction.evidence.findMany({
    where: { applicationId, kind: 'signal' },
    distinct: ['name'],
    orderBy: [{ name: 'asc' }, { id: 'desc' }],
  });
  const newest = new Map(rows.map((row) => [row.name, row.body]));
  for (const signal of signals) {
    const { id, ...rest } = signal;
    const body = { ...rest, details: [...rest.details] };
    const known = newest.get(id);
    if (known !== undefined && canonicalJson(known as JsonValue) === canonicalJson(body)) continue;
    if (known !== undefined && signal.state === 'unverified') continue;
    const sha256 = hashes.get(answerOf(id)) ?? null;
    await transaction.evidence.create({
      data: { applicationId, kind: 'signal', name: id, body, at, sha256 },
    });
  }
}

async function alertReviewers(
  transaction: Transaction,
  ctx: Context,
  application: Application,
  seen: { readonly before: Answers; readonly answers: Answers; readonly gone: Fetched | null },
): Promise<void> {
  const old = controlOf(seen.before);
  const now = controlOf(seen.answers);
  const { gone } = seen;
  const changes =
    gone?.kind === 'failed' && !gone.again
      ? ['The repository can’t be found at its address any more.']
      : old === null || now === null
        ? []
        : controlChanges(old, now);
  if (changes.length === 0) return;
  const body = changes.join('\n');
  const last = await transaction.applicationEvent.findFirst({
    where: { applicationId: application.id, kind: 'alert' },
    orderBy: { id: 'desc' },
  });
  // Reported once: a repository that stays unreachable isn't reported every week.
  if (last?.body === body) return;
  await addEvent(transaction, ctx, {
    applicationId: application.id,
    kind: 'alert',
    audience: 'reviewers',
    body,
    actorName: 'The portal',
  });
  const snapshot = (await findConditions(ctx))?.snapshot;
  if (snapshot === undefined) return;
  await notifyReviewers(transaction, ctx, snapshot, {
    kind: 'review-alert',
    subject: `${application.name ?? `Application ${application.id}`}: the repository changed`,
    body,
    path: '/reviews',
  });
}
