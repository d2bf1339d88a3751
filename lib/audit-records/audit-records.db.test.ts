import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { writeRegistry } from '../certificates/registry.fixture.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { nextEntry, type JournalEntry } from '#core/wire/journal/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  listRecords,
  readEvent,
  readJournalEntry,
  readReviewDecision,
  type AuditRecordLine,
  type RecordList,
  type RecordQuery,
} from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let portal: ReturnType<typeof openDatabase>;
let signer: ReturnType<typeof openDatabase>;
let keys: Awaited<ReturnType<typeof testFolder>>;
/** In one accepted commit only the folder of one project has a tree. */
const policies = {
  at: () => Promise.resolve({ files: new Map(), snapshot: changed({}) }),
  treesOf: (commits: readonly string[], path: string) =>
    Promise.resolve(
      commits.map((commit) => (path === 'projects/widget' && commit.startsWith('d') ? 'tree' : null)),
    ),
};
const now = new Date('2026-11-28T12:00:00Z');
const at = new Date('2026-11-27T12:00:00.123Z');
const requestId = randomUUID();
const secret = 'what somebody wrote in confidence';
const place = { application: 0, review: 0, decision: 0 };

const as = (who: 'auditor' | 'maintainer' | 'reviewer' | 'stranger'): Context =>
  ({
    db: portal,
    now: () => now,
    config: { keysDir: keys.folder },
    policies,
    actor:
      who === 'stranger'
        ? { kind: 'account', identity: onGitHub('7'), name: 'Sam' }
        : {
            kind: 'person',
            identity: onGitHub('7'),
            handle: 'olga',
            name: 'Olga',
            roles: {
              auditor: who === 'auditor',
              policyMaintainer: who === 'maintainer',
              foundationReviewer: who === 'reviewer',
              projects: new Map(),
            },
          },
  }) as unknown as Context;
const nothing: RecordQuery = { from: '', to: '', kind: '', actor: '', project: '', after: '' };
const list = (which: RecordList, query: Partial<RecordQuery> = {}, ctx = as('auditor')) =>
  listRecords({ ctx, input: { ...nothing, ...query, list: which } });
async function all(which: RecordList, query: Partial<RecordQuery> = {}): Promise<readonly AuditRecordLine[]> {
  const lines: AuditRecordLine[] = [];
  for (let after = ''; ;) {
    const page = await list(which, { ...query, after });
    lines.push(...page.items);
    if (page.next === null) return lines;
    after = page.next;
  }
}

const event = (action: string, subject: string, actor: string, detail = {}, when = at) =>
  portal.auditEvent.create({ data: { at: when, actor, action, subject, detail } });

beforeAll(async () => {
  urls = await testDatabase();
  keys = await testFolder('keys');
  const [validFrom, validTo] = [new Date('2026-01-01'), new Date('2027-01-01')];
  await writeRegistry(keys.folder, [
    { serial: '5a3c01', project: 'widget', name: 'release', purpose: 'release', validFrom, validTo },
    { serial: '5a3c02', project: 'gadget', name: 'release', purpose: 'release', validFrom, validTo },
  ]);
  portal = openDatabase({ url: urls.portal });
  signer = openDatabase({ url: urls.signer });
  const application = await portal.application.create({
    data: {
      applicantId: '9',
      applicantName: 'Nora',
      status: 'rejected',
      answers: { contact: { email: secret } },
      suggestions: {},
      slug: 'widget',
      createdAt: at,
      updatedAt: at,
    },
  });
  const review = await portal.review.create({
    data: {
      applicationId: application.id,
      kind: 'first',
      state: 'closed',
      program: 'executables',
      reviewersNeeded: 1,
      openedAt: at,
      dueAt: at,
    },
  });
  const decision = await portal.reviewDecision.create({
    data: {
      reviewId: review.id,
      reviewer: 'robin',
      reviewerId: '3',
      outcome: 'rejected',
      at,
      criteria: [{ id: 'known', verdict: 'not-met', evidence: [4], comment: secret }],
      reasons: secret,
      conditions: secret,
    },
  });
  Object.assign(place, { application: application.id, review: review.id, decision: decision.id });
  await portal.signingRequest.create({
    data: {
      id: requestId,
      projectSlug: 'widget',
      policySlug: 'release',
      artifactSha256: 'a'.repeat(64),
      artifactName: 'x.zip',
      artifactSizeBytes: 1n,
      idempotencyKey: randomUUID(),
      submittedBy: 'person:ada',
      submittedAt: at,
    },
  });
  await event('application.submitted', `application:${application.id}`, 'github:9', {
    repositoryId: '1',
    note: secret,
  });
  await event('review.decided', `review:${review.id}`, 'person:robin', { outcome: 'rejected' });
  await event('review.recused', `application:${application.id}`, 'person:emil', { reason: secret });
  await event('request.submitted', `request:${requestId}`, 'person:ada', { projectSlug: 'widget' });
  await event('report.received', 'report:1', 'person:ada', { kind: 'malware', description: secret });
  await event('some.new-kind', 'thing:1', 'person:ada', { outcome: secret });
  await event('policy-change.merged', 'policy-change:4', 'person:mara', { commit: 'c'.repeat(40) });
  await event(
    'policy-change.merged',
    'policy-change:1',
    'person:mara',
    {},
    new Date('2026-09-30T23:59:59.999Z'),
  );
  await event('policy-change.merged', 'policy-change:5', 'person:mara', { commit: 'd'.repeat(40) });
  await event('policy-change.proposed', 'policy-change:6', 'person:mara', { projects: 'a widget' });
  await event('policy-change.closed', 'policy-change:6', 'person:mara');
  await event('policy-change.proposed', 'policy-change:7', 'person:mara', { projects: 'widget-two' });
  await event('certificate.told', 'certificate:5a3c01', 'operator:portal', {});
  await event('certificate.told', 'certificate:5a3c02', 'operator:portal', {});
  // More than a page of one moment, the database's own order of texts notwithstanding.
  for (let index = 0; index < 120; index += 1)
    await event('policy-change.signed', `policy-change:${index + 100}`, 'person:bulk', {});

  let last: JournalEntry | null = null;
  for (const [kind, body] of [
    ['request.received', { pass: 1 }],
    ['step.finished', { pass: 1, step: 'origin', findings: [{ rule: 'x' }] }],
    ['request.denied', { pass: 1, step: 'origin', summary: 'no' }],
    ['some.new-kind', { text: secret }],
    [
      'certificate.revoked',
      {
        serial: '01',
        project: 'widget',
        certificate: 'release',
        reason: 'keyCompromise',
        effectiveAt: at.toISOString(),
        learnedAt: at.toISOString(),
        policyCommit: null,
      },
    ],
  ] as const) {
    last = nextEntry(last, { at, requestId: kind === 'certificate.revoked' ? null : requestId, kind, body });
    await signer.journalEntry.create({ data: last });
  }
  await signer.acceptedSnapshot.create({
    data: { commit: 'd'.repeat(40), parent: null, signers: ['mara', 'robin'], acceptedAt: at },
  });
  await signer.approvalDecision.create({
    data: {
      requestId,
      keyFingerprint: 'SHA256:abc+/x',
      statementSha256: 'e'.repeat(64),
      decision: 'deny',
      statement: '{}',
      signature: 'x',
      expiresAt: at,
      seenAt: at,
    },
  });
});
afterAll(async () => {
  await portal.$disconnect();
  await signer.$disconnect();
  await urls.release();
  await keys.release();
});

describe('audit records', () => {
  it('are for auditors and policy maintainers alone', async () => {
    for (const who of ['auditor', 'maintainer'] as const)
      expect((await list('events', {}, as(who))).items).not.toEqual([]);
    for (const who of ['reviewer', 'stranger'] as const) {
      const [ctx, refused] = [as(who), { code: 'NOT_ALLOWED' }];
      await expect(list('events', {}, ctx)).rejects.toMatchObject(refused);
      await expect(readEvent({ ctx, input: { number: 1n } })).rejects.toMatchObject(refused);
      await expect(readJournalEntry({ ctx, input: { number: 1n } })).rejects.toMatchObject(refused);
      await expect(readReviewDecision({ ctx, input: { number: 1n } })).rejects.toMatchObject(refused);
    }
  });

  it('come page by page, each once, newest first', async () => {
    const lines = await all('events', { kind: 'policy-change.signed' });
    expect(lines).toHaveLength(120);
    expect(lines[0]?.subject).toBe('policy-change:219');
    expect(new Set(lines.map(({ key }) => key)).size).toBe(120);
    expect(await all('decisions')).toHaveLength(120 + 8);
  });

  it('contain nothing that people wrote, and nothing of an unlisted kind', async () => {
    for (const which of ['events', 'decisions', 'journal', 'policies'] as const) {
      const lines = await all(which);
      expect(JSON.stringify(lines), which).not.toContain(secret);
      for (const line of lines.filter(({ kind }) => kind === 'some.new-kind'))
        expect(line).toMatchObject({ actor: null, facts: [] });
    }
    const [written] = await all('events', { kind: 'application.submitted' });
    expect(written).toMatchObject({ actor: 'github:9', facts: [['repositoryId', '1']] });
    const input = { number: BigInt(place.decision) };
    const decision = await readReviewDecision({ ctx: as('auditor'), input });
    expect(decision).toMatchObject({
      outcome: 'rejected',
      criteria: [{ id: 'known', verdict: 'not-met', evidence: [4] }],
    });
    expect(JSON.stringify(decision)).not.toContain(secret);
    expect(
      JSON.stringify(await readJournalEntry({ ctx: as('auditor'), input: { number: 4n } })),
    ).not.toContain(secret);
  });

  it('don’t say who reported something, whatever the filter', async () => {
    const kinds = async (actor: string) => (await all('events', { actor })).map(({ kind }) => kind);
    expect(await kinds('ada')).toEqual(['request.submitted']);
    expect(await kinds('person:ada')).toEqual(['request.submitted']);
    expect(await kinds('reporter')).toEqual(['report.received']);
  });

  it('are found by project, kind, actor and period', async () => {
    const kinds = async (which: RecordList, query: Partial<RecordQuery>) =>
      (await all(which, query)).map(({ kind }) => kind).sort();
    expect(await kinds('events', { project: 'widget' })).toEqual([
      ...['application.submitted', 'certificate.told', 'policy-change.closed', 'policy-change.merged'],
      ...['policy-change.proposed', 'request.submitted', 'review.decided', 'review.recused'],
    ]);
    const subjects = async (project: string) =>
      new Set((await all('events', { project })).map(({ subject }) => subject));
    expect(await subjects('widget')).toEqual(
      new Set([
        ...[`application:${place.application}`, `review:${place.review}`, `request:${requestId}`],
        ...['policy-change:5', 'policy-change:6', 'certificate:5a3c01'],
      ]),
    );
    expect(await subjects('gadget')).toEqual(new Set(['certificate:5a3c02']));
    expect(await subjects('no/such project')).toEqual(new Set());
    expect(await kinds('policies', { project: 'widget' })).toEqual(['policy.accepted']);
    expect(await kinds('policies', { project: 'gadget' })).toEqual([]);
    expect(await kinds('journal', { project: 'widget', kind: 'certificate.revoked' })).toEqual([
      'certificate.revoked',
    ]);
    expect(await kinds('decisions', { project: 'widget' })).toEqual([
      ...['approval.deny', 'certificate.revoked', 'policy-change.closed', 'policy-change.merged'],
      ...['request.denied', 'review.decided', 'review.recused'],
    ]);
    expect(await kinds('decisions', { actor: 'robin' })).toEqual(['review.decided']);
    expect(await kinds('decisions', { kind: 'approval.deny' })).toEqual(['approval.deny']);
    expect(await kinds('decisions', { kind: 'certificate.revoked' })).toEqual(['certificate.revoked']);
    expect(await kinds('journal', { kind: 'step.finished' })).toEqual(['step.finished']);
    expect(await kinds('journal', { project: 'gadget' })).toEqual([]);
    expect(await all('policies')).toMatchObject([{ subject: `policy:${'d'.repeat(40)}`, source: 'signer' }]);
    const september = { from: '2026-09-01', to: '2026-09-30' };
    expect(await kinds('events', september)).toEqual(['policy-change.merged']);
    expect(await kinds('events', { from: '2026-10-01', to: '2026-11-26' })).toEqual([]);
    expect(await kinds('events', { from: '2026-11-28', to: '2026-11-28' })).toEqual([]);
  });

  it.each([
    [{ from: 'yesterday' }, ['from']],
    [{ from: '2026-02-30', to: 'x' }, ['to', 'from']],
    [{ from: '2026-11-02', to: '2026-11-01' }, ['to']],
    [{ kind: 'constructor' }, ['kind']],
    [{ actor: 'a\0b', project: 'x'.repeat(400) }, ['actor', 'project']],
  ])('can’t be queried with %j', async (query, fields) => {
    await expect(list('events', query)).rejects.toMatchObject({
      code: 'QUERY_INVALID',
      fields: fields.map((field) => expect.objectContaining({ field }) as unknown),
    });
  });

  it.each([
    'x',
    '2026-11-27T12:00:00.123Z',
    '2026-11-27T12:00:00.123Z_',
    `2026-11-27T12:00:00.123Z_event:${'1'.repeat(400)}`,
  ])('have no page after %j', async (after) => {
    await expect(list('events', { after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('say of a journal entry whether it is linked to the previous one', async () => {
    const entry = (number: bigint) => readJournalEntry({ ctx: as('auditor'), input: { number } });
    expect(await entry(1n)).toMatchObject({ linked: true, previousHash: '0'.repeat(64) });
    expect(await entry(3n)).toMatchObject({ linked: true, kind: 'request.denied', requestId });
    expect(await entry(99n)).toBeNull();
    const made = nextEntry(null, { at, requestId: null, kind: 'policy.refused', body: {} });
    await signer.journalEntry.create({ data: { ...made, seq: 6n } });
    await signer.journalEntry.create({ data: { ...made, seq: 7n, previousHash: 'x', entryHash: 'y' } });
    expect(await entry(6n)).toMatchObject({ linked: false });
    expect(await entry(7n)).toMatchObject({ linked: false });
  });
});
