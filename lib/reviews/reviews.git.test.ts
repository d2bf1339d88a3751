import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { accountsOf } from '../platform/auth/index.ts';
import {
  appealDecision,
  mayAppeal,
  readApplication,
  replyToReviewers,
  saveAnswer,
  answerMark,
  toApplication,
} from '../applications/index.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { parsePersonHandle, parseProjectSlug } from '#core/ids/index.ts';
import { listNotifications } from '../notifications/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  attestEvidence,
  claimReview,
  decideReview,
  listQueue,
  listViews,
  openDueReviews,
  publishedDecisions,
  queueQuerySchema,
  readReview,
  recuseFromReview,
  releaseReview,
  removeView,
  reviewAgain,
  reviewStatistics,
  saveView,
  writeInReview,
} from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let robin: Context;
let ada: Context;
let emil: Context;
let steward: Context;
beforeAll(async () => {
  on = await openAdmissions();
  robin = await on.as('demo-reviewer');
  ada = await on.as('demo-assessor');
  emil = await on.as('demo-examiner');
  steward = await on.as('demo-steward');
});
afterAll(() => on.release());

const refusal = (code: string) => expect.objectContaining({ code }) as unknown;
const shelfLib = {
  repository: { uri: 'https://github.com/sam-stranger/other-tool' },
  name: { name: 'Other Tool', tagline: 'Another tool.' },
};

/** A sent application of Nora's and its open review; whatever was under way is closed first. */
async function opened(program: 'executables' | 'components' = 'executables', ctx = on.nora) {
  await on.portal.db.application.updateMany({
    where: { status: { notIn: ['accepted', 'rejected'] } },
    data: { status: 'withdrawn' },
  });
  await on.portal.db.review.updateMany({ where: { state: { not: 'closed' } }, data: { state: 'closed' } });
  const applicationId = await sendApplication(ctx, program, ctx === on.sam ? shelfLib : {});
  const review = await on.portal.db.review.findFirstOrThrow({ where: { applicationId } });
  return { applicationId, id: review.id };
}

const statusOf = async (id: number) =>
  toApplication(await on.portal.db.application.findUniqueOrThrow({ where: { id } })).status;

async function evidenceFor(ctx: Context, id: number): Promise<number> {
  await attestEvidence({
    ctx,
    input: {
      id,
      kind: 'distribution',
      title: 'In Debian',
      url: 'https://example.org/pkg',
      text: 'Since 2018.',
    },
  });
  const { evidence } = await readReview({ ctx, input: { id } });
  return evidence.at(-1)?.id ?? 0;
}

async function decision(ctx: Context, id: number, outcome: 'accepted' | 'rejected') {
  const { criteria } = await readReview({ ctx, input: { id } });
  const evidence = await evidenceFor(ctx, id);
  return {
    id,
    outcome,
    reasons: 'We have looked at it.',
    reapplyFrom: '',
    conditions: outcome === 'rejected' ? 'Release for a year, then come back.' : '',
    criteria: criteria.map((criterion, index) => ({
      id: criterion.id,
      verdict: outcome === 'rejected' && index === 0 ? 'not-met' : 'met',
      evidence: [evidence],
      comment: '',
    })),
  };
}

async function decide(ctx: Context, id: number, outcome: 'accepted' | 'rejected') {
  await claimReview({ ctx, input: { id } });
  return decideReview({ ctx, input: await decision(ctx, id, outcome) });
}

describe('reviewing', () => {
  it('is for the foundation’s reviewers: every operation refuses everybody else', async () => {
    const { id, applicationId } = await opened();
    const query = queueQuerySchema.parse({});
    for (const ctx of [on.public, on.nora, await on.as('demo-maintainer'), await on.as('demo-approver')]) {
      const asked = [
        listQueue({ ctx, input: query }),
        listViews({ ctx }),
        saveView({ ctx, input: { name: 'x', query: '' } }),
        removeView({ ctx, input: { id: 1 } }),
        readReview({ ctx, input: { id } }),
        claimReview({ ctx, input: { id } }),
        releaseReview({ ctx, input: { id } }),
        recuseFromReview({ ctx, input: { id, reason: 'x' } }),
        writeInReview({ ctx, input: { id, kind: 'note', body: 'x' } }),
        attestEvidence({ ctx, input: { id, kind: 'other', title: 'x', url: '', text: 'x' } }),
        reviewAgain({ ctx, input: { applicationId, reason: 'x' } }),
        decideReview({
          ctx,
          input: { id, outcome: 'accepted', criteria: [], reasons: 'x', conditions: '', reapplyFrom: '' },
        }),
      ];
      for (const one of asked) await expect(one).rejects.toEqual(refusal('NOT_ALLOWED'));
    }
  });

  it('assigns a review to one reviewer at a time, until the lease expires', async () => {
    const { id, applicationId } = await opened();
    const results = await Promise.allSettled(
      [robin, ada, emil].map((ctx) => claimReview({ ctx, input: { id } })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await statusOf(applicationId)).toBe('in-review');
    on.passDays(4);
    await claimReview({ ctx: robin, input: { id } });
    await expect(claimReview({ ctx: ada, input: { id } })).rejects.toEqual(refusal('CLAIMED_BY_OTHER'));
    await releaseReview({ ctx: robin, input: { id } });
    await claimReview({ ctx: ada, input: { id } });
  });

  /** As somebody works on the application. */
  const held = (applicationId: number, meanwhile: (holder: Client) => Promise<unknown>) => ({
    lock: 'SELECT id FROM portal.application WHERE id = $1 FOR UPDATE',
    values: [applicationId],
    meanwhile,
  });
  const claimed = `UPDATE portal.review SET state = 'claimed', claimed_by = 'demo-assessor', claimed_until = $2 WHERE id = $1`;

  it.each([
    ['claims it', claimReview],
    ['asks the applicant', asks],
  ] as const)('waits for who is claiming a review: who %s then finds it taken', async (_what, work) => {
    const { id, applicationId } = await opened();
    if (work === asks) await claimReview({ ctx: robin, input: { id } });
    const until = new Date(on.portal.now().getTime() + 86_400_000);
    const lock = held(applicationId, (holder) => holder.query(claimed, [id, until]));
    const run = async (): Promise<void> => work({ ctx: patientContext(robin), input: { id } });
    expect(await behindLock(on.ownerUrl, lock, run)).toMatchObject([
      { status: 'rejected', reason: { code: 'CLAIMED_BY_OTHER' } },
    ]);
  });

  async function asks({ ctx, input }: Parameters<typeof claimReview>[0]): Promise<void> {
    await writeInReview({ ctx, input: { ...input, kind: 'question', body: 'Why?' } });
  }

  it('is decided by the reviewer who has claimed it once the lock is free, and by nobody once it is closed', async () => {
    for (const [statement, code] of [
      [claimed, 'CLAIMED_BY_OTHER'],
      [
        `UPDATE portal.review SET state = 'closed', outcome = 'rejected', closed_at = $2 WHERE id = $1`,
        'NOT_POSSIBLE_NOW',
      ],
    ] as const) {
      const { id, applicationId } = await opened();
      await claimReview({ ctx: robin, input: { id } });
      const input = await decision(robin, id, 'accepted');
      const until = new Date(on.portal.now().getTime() + 86_400_000);
      const lock = held(applicationId, (holder) => holder.query(statement, [id, until]));
      const decided = () => decideReview({ ctx: patientContext(robin), input });
      expect(await behindLock(on.ownerUrl, lock, decided)).toMatchObject([
        { status: 'rejected', reason: { code } },
      ]);
      expect(await on.portal.db.reviewDecision.count({ where: { reviewId: id } })).toBe(0);
    }
  });

  it('is decided by nobody who hasn’t claimed it, or whose claim has expired', async () => {
    const { id } = await opened();
    const input = await decision(robin, id, 'accepted');
    const decided = () => decideReview({ ctx: robin, input });
    await expect(decided()).rejects.toEqual(refusal('NOT_CLAIMED'));
    await claimReview({ ctx: ada, input: { id } });
    await expect(decided()).rejects.toEqual(refusal('CLAIMED_BY_OTHER'));
    await releaseReview({ ctx: robin, input: { id } });
    await expect(decided()).rejects.toEqual(refusal('CLAIMED_BY_OTHER'));
    on.passDays(4);
    await expect(decided()).rejects.toEqual(refusal('NOT_CLAIMED'));
    expect(await on.portal.db.reviewDecision.count({ where: { reviewId: id } })).toBe(0);
  });

  it('that is closed can’t be claimed, released or decided', async () => {
    const { id } = await opened();
    await on.portal.db.review.update({
      where: { id },
      data: {
        state: 'closed',
        outcome: 'withdrawn',
        closedAt: on.portal.now(),
        claimedBy: 'demo-reviewer',
        claimedUntil: new Date(on.portal.now().getTime() + 86_400_000),
      },
    });
    const state = () => on.portal.db.review.findUniqueOrThrow({ where: { id } });
    const before = await state();
    await expect(claimReview({ ctx: robin, input: { id } })).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
    await releaseReview({ ctx: robin, input: { id } });
    const input = await decision(robin, id, 'accepted').catch(() => ({
      id,
      outcome: 'accepted' as const,
      criteria: [],
      reasons: 'x',
      conditions: '',
      reapplyFrom: '',
    }));
    await expect(decideReview({ ctx: robin, input })).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
    expect(await state()).toEqual(before);
  });

  it('keeps the reviewers’ notes from the applicant, and their names', async () => {
    const { id, applicationId } = await opened();
    await writeInReview({ ctx: robin, input: { id, kind: 'note', body: 'Looks odd to me.' } });
    await writeInReview({ ctx: robin, input: { id, kind: 'message', body: 'We are on it.' } });
    const { events } = await readApplication({ ctx: on.nora, input: { id: applicationId } });
    expect(events.map((event) => event.body)).toContain('We are on it.');
    expect(events.map((event) => event.body)).not.toContain('Looks odd to me.');
    expect(events.map((event) => event.actorName)).not.toContain('Robin Reviewer');
    const { items } = await listNotifications({ ctx: on.nora, input: { before: null } });
    expect(items[0]).toMatchObject({ body: 'We are on it.', path: `/applications/${applicationId}` });
  });

  it('stops the clock while the applicant is asked, lets answers change, and continues with the answer', async () => {
    const { id, applicationId } = await opened();
    const due = (await readReview({ ctx: robin, input: { id } })).review.dueAt;
    await expect(
      writeInReview({ ctx: robin, input: { id, kind: 'question', body: 'Why?' } }),
    ).rejects.toEqual(refusal('NOT_CLAIMED'));
    await claimReview({ ctx: robin, input: { id } });
    await writeInReview({ ctx: robin, input: { id, kind: 'question', body: 'Which licence is it really?' } });
    expect(await statusOf(applicationId)).toBe('information-requested');
    await expect(decideReview({ ctx: robin, input: await decision(robin, id, 'accepted') })).rejects.toEqual(
      refusal('NOT_POSSIBLE_NOW'),
    );
    on.passDays(2);
    const change = (question: string, typed: Record<string, string>, before: Record<string, string>) =>
      saveAnswer({
        ctx: on.nora,
        input: { id: applicationId, question, typed, seen: answerMark(before), userToken: null },
      });
    await change('licence', { licence: 'MIT OR Apache-2.0' }, { licence: 'MIT' });
    await expect(change('program', { program: 'components' }, { program: 'executables' })).rejects.toEqual(
      refusal('NOT_A_DRAFT'),
    );
    await replyToReviewers({ ctx: on.nora, input: { id: applicationId, body: 'Either of the two.' } });
    const after = await readReview({ ctx: robin, input: { id } });
    expect(after.application.status).toBe('in-review');
    expect(after.review.dueAt.getTime() - due.getTime()).toBeGreaterThan(1.9 * 24 * 3600 * 1000);
    expect(after.application.sent?.lines.find((line) => line.question === 'licence')?.text).toBe(
      'MIT OR Apache-2.0',
    );
    expect(after.events.at(-1)?.body).toContain('Answers changed: Which licence is it under?');
  });

  it('excludes reviewers who recused themselves, and shows them no more than the applicant sees', async () => {
    const { id } = await opened();
    await writeInReview({ ctx: ada, input: { id, kind: 'note', body: 'Between us.' } });
    await claimReview({ ctx: robin, input: { id } });
    await recuseFromReview({ ctx: robin, input: { id, reason: 'My employer uses it.' } });
    const seen = await readReview({ ctx: robin, input: { id } });
    expect(seen.disqualification).toBe('recused');
    expect(seen.events.map((event) => event.body)).not.toContain('Between us.');
    expect(seen.review.claim).toBeNull();
    for (const work of [
      () => claimReview({ ctx: robin, input: { id } }),
      () => writeInReview({ ctx: robin, input: { id, kind: 'note', body: 'x' } }),
      () => evidenceFor(robin, id),
    ]) {
      await expect(work()).rejects.toEqual(refusal('CONFLICT_OF_INTEREST'));
    }
    const decidable = await listQueue({ ctx: robin, input: queueQuerySchema.parse({ whose: 'decidable' }) });
    expect(decidable.items.map((item) => item.review.id)).not.toContain(id);
  });

  it('never lets a reviewer decide on their own application', async () => {
    const own: Context = {
      ...on.portal,
      actor: { kind: 'account', identity: onGitHub('900003'), name: 'Robin Reviewer', development: true },
    };
    on.host.state.need(910_000_001).permissions.set(900_003, 'admin');
    const { id } = await opened('components', own);
    expect((await readReview({ ctx: robin, input: { id } })).disqualification).toBe('own-application');
    await expect(claimReview({ ctx: robin, input: { id } })).rejects.toEqual(refusal('CONFLICT_OF_INTEREST'));
  });
});

describe('a reviewer on the team of the project', () => {
  it('neither decides nor sees what other reviewers wrote', async () => {
    const { applicationId, id } = await opened('components');
    const { slug } = await on.portal.db.application.findUniqueOrThrow({ where: { id: applicationId } });
    const { actor } = robin;
    if (actor.kind !== 'person' || slug === null) throw new Error('no reviewer, or no name');
    await claimReview({ ctx: ada, input: { id } });
    await writeInReview({ ctx: ada, input: { id, kind: 'note', body: 'Only among us.' } });
    await releaseReview({ ctx: ada, input: { id } });
    const projects = new Map([[parseProjectSlug(slug), ['approver'] as const]]);
    const own: Context = { ...robin, actor: { ...actor, roles: { ...actor.roles, projects } } };
    const seen = await readReview({ ctx: own, input: { id } });
    expect(seen.disqualification).toBe('own-project');
    const text = (detail: unknown) =>
      JSON.stringify(detail, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(text(await readReview({ ctx: robin, input: { id } }))).toContain('Only among us.');
    expect(text(seen)).not.toContain('Only among us.');
    await expect(claimReview({ ctx: own, input: { id } })).rejects.toEqual(refusal('CONFLICT_OF_INTEREST'));
    const input = await decision(robin, id, 'accepted');
    await expect(decideReview({ ctx: own, input })).rejects.toEqual(refusal('CONFLICT_OF_INTEREST'));
    const decidable = queueQuerySchema.parse({ whose: 'decidable' });
    const ids = async (ctx: Context) =>
      (await listQueue({ ctx, input: decidable })).items.map((item) => item.review.id);
    expect(await ids(own)).not.toContain(id);
    expect(await ids(robin)).toContain(id);
  });
});

describe('a decision', () => {
  it('needs every criterion judged, evidence cited, and an outcome that fits', async () => {
    const { id } = await opened('components');
    await claimReview({ ctx: robin, input: { id } });
    const good = await decision(robin, id, 'accepted');
    const other = await sendOther();
    const foreign = await evidenceFor(ada, other);
    const [first, ...rest] = good.criteria;
    if (first === undefined) throw new Error('there are no criteria');
    const wrongs = [
      { ...good, criteria: rest },
      { ...good, criteria: [{ ...first, evidence: [] }, ...rest] },
      { ...good, criteria: [{ ...first, evidence: [foreign] }, ...rest] },
      { ...good, criteria: [{ ...first, verdict: 'maybe' }, ...rest] },
      { ...good, criteria: [{ ...first, verdict: 'not-met' }, ...rest] },
      { ...good, outcome: 'rejected' as const, conditions: 'Change it.' },
      { ...(await decision(robin, id, 'rejected')), reapplyFrom: '2020-01-01' },
      { ...(await decision(robin, id, 'rejected')), reapplyFrom: '2026-02-31' },
    ];
    for (const input of wrongs) {
      await expect(decideReview({ ctx: robin, input })).rejects.toEqual(refusal('DECISION_INVALID'));
    }
    const input = {
      ...good,
      outcome: '',
      reasons: ' ',
      criteria: [{ ...first, verdict: '', comment: 'x'.repeat(1_001) }, ...rest],
    };
    await expect(decideReview({ ctx: robin, input })).rejects.toMatchObject({
      fields: [
        { field: `verdict.${first.id}`, code: 'MISSING' },
        {
          field: `comment.${first.id}`,
          message: expect.stringContaining('1,001 characters; at most 1,000') as string,
        },
        { field: 'outcome', code: 'MISSING' },
        { field: 'reasons', code: 'MISSING' },
      ],
    });
    expect(await on.portal.db.reviewDecision.count({ where: { reviewId: id } })).toBe(0);
    await expect(decideReview({ ctx: robin, input: good })).resolves.toEqual({ outcome: 'accepted' });
  });

  async function sendOther(): Promise<number> {
    const applicationId = await sendApplication(on.sam, 'components', shelfLib);
    return (await on.portal.db.review.findFirstOrThrow({ where: { applicationId } })).id;
  }

  it('is made once by a person with two accounts, and never on an application by the other account', async () => {
    const { id, applicationId } = await opened('executables');
    expect(await decide(robin, id, 'accepted')).toEqual({ outcome: null });
    const { actor } = robin;
    if (actor.kind !== 'person') throw new Error('no reviewer');
    // The same person, after another account became the first of theirs, and their file got another name.
    const [identity, other] = [onGitHub('31'), actor.identity];
    const handle = parsePersonHandle('demo-renamed');
    const moved: Context = { ...robin, actor: { ...actor, handle, identity, identities: [identity, other] } };
    const again = decideReview({ ctx: moved, input: await decision(robin, id, 'accepted') });
    await expect(again).rejects.toMatchObject({ message: 'You have decided on this already.' });
    expect((await readReview({ ctx: moved, input: { id } })).mine.decided).toBe(true);
    const decidable = queueQuerySchema.parse({ whose: 'decidable' });
    const listed = async (ctx: Context) =>
      (await listQueue({ ctx, input: decidable })).items.map((item) => item.review.id);
    expect(await listed(moved)).not.toContain(id);
    const own = [identity, ...accountsOf(on.nora.actor)];
    const applicant: Context = { ...robin, actor: { ...actor, identity, identities: own } };
    expect((await readReview({ ctx: applicant, input: { id } })).disqualification).toBe('own-application');
    expect(await listed(applicant)).not.toContain(id);
    expect(await statusOf(applicationId)).toBe('in-review');
  });

  it('is made once by a person whose accounts ask at the same instant, and by one whose account was replaced', async () => {
    const { id, applicationId } = await opened('executables');
    const { actor } = robin;
    if (actor.kind !== 'person') throw new Error('no reviewer');
    const [identity, other] = [onGitHub('32'), actor.identity];
    const moved: Context = { ...robin, actor: { ...actor, identity, identities: [identity, other] } };
    await claimReview({ ctx: robin, input: { id } });
    const input = await decision(robin, id, 'accepted');
    const made = await Promise.allSettled(
      [robin, moved, robin, moved].map((ctx) => decideReview({ ctx, input })),
    );
    expect(made.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    // The policy names another account of theirs, and the one that decided no longer.
    const later = onGitHub('33');
    const replaced: Context = { ...robin, actor: { ...actor, identity: later, identities: [later] } };
    await expect(decide(replaced, id, 'accepted')).rejects.toMatchObject({
      message: 'You have decided on this already.',
    });
    expect((await readReview({ ctx: replaced, input: { id } })).mine.decided).toBe(true);
    const { items } = await listQueue({
      ctx: replaced,
      input: queueQuerySchema.parse({ whose: 'decidable' }),
    });
    expect(items.map((item) => item.review.id)).not.toContain(id);
    expect(await statusOf(applicationId)).toBe('in-review');
    await recuseFromReview({ ctx: ada, input: { id, reason: 'I know them.' } });
    const { actor: assessor } = ada;
    if (assessor.kind !== 'person') throw new Error('no reviewer');
    const recused: Context = { ...ada, actor: { ...assessor, identity: later, identities: [later] } };
    await expect(claimReview({ ctx: recused, input: { id } })).rejects.toEqual(
      refusal('CONFLICT_OF_INTEREST'),
    );
  });

  it('takes two reviewers for executables, neither of whom sees the other’s first', async () => {
    const { id, applicationId } = await opened('executables');
    expect(await decide(robin, id, 'accepted')).toEqual({ outcome: null });
    expect(await statusOf(applicationId)).toBe('in-review');
    await expect(claimReview({ ctx: robin, input: { id } })).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
    const twice = decideReview({ ctx: robin, input: await decision(robin, id, 'rejected') });
    await expect(twice).rejects.toMatchObject({
      code: 'NOT_POSSIBLE_NOW',
      message: 'You have decided on this already.',
    });
    const seen = await readReview({ ctx: ada, input: { id } });
    expect([
      seen.decisions.filter((madeDecision) => madeDecision.reviewId === id).length,
      seen.decisionsHidden,
    ]).toEqual([0, 1]);
    expect(await decide(ada, id, 'accepted')).toEqual({ outcome: 'accepted' });
    expect(await statusOf(applicationId)).toBe('accepted');
  });

  it('goes to a third reviewer if two differ', async () => {
    await on.portal.db.application.updateMany({
      where: { status: 'accepted' },
      data: { status: 'withdrawn' },
    });
    const { id, applicationId } = await opened('executables');
    await decide(robin, id, 'accepted');
    expect(await decide(ada, id, 'rejected')).toEqual({ outcome: null });
    expect(await decide(emil, id, 'rejected')).toEqual({ outcome: 'rejected' });
    expect(await statusOf(applicationId)).toBe('rejected');
    const [published] = await publishedDecisions(on.nora, { id: applicationId });
    expect(published?.opinions).toHaveLength(2);
    expect(published?.opinions[0]?.criteria[0]).toMatchObject({
      verdict: 'not-met',
      evidence: ['In Debian: Since 2018.'],
    });
    expect(JSON.stringify(published)).not.toMatch(/demo-|Robin|Ada|Emil/);
  });

  it('on appeal is made by reviewers who have not decided on it before, once', async () => {
    const { id, applicationId } = await opened('executables');
    await decide(robin, id, 'rejected');
    await decide(ada, id, 'rejected');
    await appealDecision({ ctx: on.nora, input: { id: applicationId, body: 'You overlooked our package.' } });
    const appeal = await on.portal.db.review.findFirstOrThrow({ where: { applicationId, kind: 'appeal' } });
    await expect(claimReview({ ctx: robin, input: { id: appeal.id } })).rejects.toEqual(
      refusal('CONFLICT_OF_INTEREST'),
    );
    const decidable = async (ctx: Context) =>
      (await listQueue({ ctx, input: queueQuerySchema.parse({ whose: 'decidable' }) })).items.map(
        (item) => item.review.id,
      );
    expect(await decidable(robin)).not.toContain(appeal.id);
    expect(await decidable(emil)).toContain(appeal.id);
    await decide(emil, appeal.id, 'accepted');
    expect(await decide(steward, appeal.id, 'accepted')).toEqual({ outcome: 'accepted' });
    expect(await mayAppeal(on.portal.db, { id: applicationId, status: 'rejected' })).toBe(false);
  });

  it('is looked at again after a year, and each due one is opened once', async () => {
    await on.portal.db.application.updateMany({
      where: { status: 'accepted' },
      data: { status: 'withdrawn' },
    });
    const { id, applicationId } = await opened('components');
    await decide(robin, id, 'accepted');
    expect(await openDueReviews(on.portal)).toBe(0);
    on.passDays(366);
    const opens = await Promise.all([openDueReviews(on.portal), openDueReviews(on.portal)]);
    expect(opens[0] + opens[1]).toBe(1);
    const again = await on.portal.db.review.findFirstOrThrow({ where: { applicationId, kind: 'again' } });
    await expect(reviewAgain({ ctx: robin, input: { applicationId, reason: 'Also now' } })).rejects.toEqual(
      refusal('NOT_POSSIBLE_NOW'),
    );
    await decide(ada, again.id, 'rejected');
    expect(await statusOf(applicationId)).toBe('rejected');
  });

  it('is not looked at again while somebody has just begun to', async () => {
    await on.portal.db.application.updateMany({
      where: { status: 'accepted' },
      data: { status: 'withdrawn' },
    });
    const { id, applicationId } = await opened('components');
    await decide(robin, id, 'accepted');
    const lock = {
      lock: 'SELECT id FROM portal.application WHERE id = $1 FOR UPDATE',
      values: [applicationId],
      meanwhile: (holder: Client) =>
        holder.query(
          `INSERT INTO portal.review (application_id, kind, state, program, reviewers_needed, opened_at, due_at)
           SELECT application_id, 'again', 'waiting', program, reviewers_needed, opened_at, due_at
             FROM portal.review WHERE id = $1`,
          [id],
        ),
    };
    const again = () =>
      reviewAgain({ ctx: patientContext(robin), input: { applicationId, reason: 'It moved.' } });
    expect(await behindLock(on.ownerUrl, lock, again)).toMatchObject([
      { status: 'rejected', reason: { code: 'NOT_POSSIBLE_NOW' } },
    ]);
    expect(await on.portal.db.review.count({ where: { applicationId, kind: 'again' } })).toBe(1);
  });

  it('can’t be changed or removed by the portal’s own role', async () => {
    const { db } = on.portal;
    await expect(db.reviewDecision.updateMany({ data: { outcome: 'accepted' } })).rejects.toThrow(/denied/);
    await expect(db.evidence.deleteMany({})).rejects.toThrow(/denied/);
    await expect(db.recusal.deleteMany({})).rejects.toThrow(/denied/);
  });
});

describe('the queue', () => {
  it('shows the most urgent first, a page at a time, none twice', async () => {
    const { applicationId } = await opened();
    const now = on.portal.now().getTime();
    await on.portal.db.review.createMany({
      data: Array.from({ length: 120 }, (_, index) => ({
        applicationId,
        kind: 'first',
        state: 'waiting',
        program: 'components',
        reviewersNeeded: 1,
        openedAt: new Date(now),
        dueAt: new Date(now + (index % 7) * 3_600_000),
      })),
    });
    const seen: number[] = [];
    let cursor: string | null = null;
    let last = 0;
    do {
      const page: Awaited<ReturnType<typeof listQueue>> = await listQueue({
        ctx: robin,
        input: queueQuerySchema.parse({ program: 'components', cursor }),
      });
      for (const { review } of page.items) {
        expect(review.dueAt.getTime()).toBeGreaterThanOrEqual(last);
        last = review.dueAt.getTime();
        seen.push(review.id);
      }
      cursor = page.next;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(120);
    expect(seen).toHaveLength(120);
    await expect(
      listQueue({ ctx: robin, input: queueQuerySchema.parse({ cursor: 'rubbish' }) }),
    ).rejects.toEqual(refusal('QUERY_INVALID'));
  });

  it('takes any rubbish in its address for what is usual', () => {
    expect(queueQuerySchema.parse({ state: ['a'], program: 'x', due: '', q: ['1'], whose: 'all' })).toEqual({
      state: 'open',
      program: null,
      kind: null,
      due: null,
      whose: null,
      q: '',
      cursor: null,
    });
  });

  it('remembers a reviewer’s own views', async () => {
    const typed = { name: 'Late ones', query: 'due=late&q=\u202eé' };
    // What comes back is a part of an address: plain ASCII, whatever was typed.
    expect(await saveView({ ctx: robin, input: typed })).toEqual({ query: 'due=late&q=%E2%80%AE%C3%A9' });
    await saveView({ ctx: robin, input: { name: 'Late ones', query: 'due=late&program=executables' } });
    const [view] = await listViews({ ctx: robin });
    expect(view).toMatchObject({ name: 'Late ones', query: 'due=late&program=executables' });
    expect(await listViews({ ctx: ada })).toEqual([]);
    await removeView({ ctx: ada, input: { id: view?.id ?? 0 } });
    expect(await listViews({ ctx: robin })).toHaveLength(1);
    await removeView({ ctx: robin, input: { id: view?.id ?? 0 } });
    expect(await listViews({ ctx: robin })).toEqual([]);
  });

  it('tells everybody how long it is and how long it takes, once there is enough to say', async () => {
    const { applicationId } = await opened();
    const before = await reviewStatistics({ ctx: on.portal });
    expect(before.waiting).toBe(1);
    const now = on.portal.now().getTime();
    const day = 24 * 3600 * 1000;
    await on.portal.db.review.createMany({
      data: [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30].map((days) => ({
        applicationId,
        kind: 'first',
        state: 'closed',
        program: 'components',
        reviewersNeeded: 1,
        openedAt: new Date(now - days * day),
        dueAt: new Date(now),
        closedAt: new Date(now),
        outcome: 'accepted',
      })),
    });
    expect((await reviewStatistics({ ctx: on.portal })).median).toEqual({ days: 30, of: 20 });
  });
});
