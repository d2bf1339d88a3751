import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { advisoryLock, behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { saveChoices } from '../notifications/index.ts';
import { sendFailureNotices } from '../requests/notify-failures.ts';
import { findingOf } from '../../dev/seed/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { notifyOfDelays, notifyOfRequests } from './index.ts';
import {
  accounts,
  approvers,
  artifactSha256,
  openNotices,
  policyFile,
  sourceCommit,
} from './open-notices.fixture.ts';

let notices: Awaited<ReturnType<typeof openNotices>>;
beforeAll(async () => {
  notices = await openNotices();
});
beforeEach(async () => {
  await notices.clear();
  await notices.accept({});
  // What earlier tests wrote is read: the journal can't be emptied.
  await tell();
});
afterAll(() => notices.close());

const tell = () => notifyOfRequests(notices.ctx);
const told = async () =>
  (await notices.messages()).map((message) => `${message.accountId} ${message.kind}`).toSorted();
const saying = (notifications: string) =>
  notices.accept({ [policyFile]: [['scan: required', `scan: required\nnotifications: ${notifications}`]] });
const { maintainer, approver, reviewer } = accounts;

describe('a request that waits for approval', () => {
  it('notifies each approver once, with what they are asked to approve and how', async () => {
    const id = await notices.ask();
    await notices.waits(id);
    await tell();
    await notices.waits(id);
    await Promise.all([tell(), tell()]);
    expect(await told()).toEqual([`${maintainer} request-waiting`, `${approver} request-waiting`]);
    const [message] = await notices.messages();
    expect(message).toMatchObject({
      subject: 'zip-demo: widget.zip waits for your approval',
      path: `/requests/${id}`,
    });
    for (const words of [
      'Project: zip-demo',
      'Policy: release-signing',
      'File: widget.zip',
      artifactSha256,
      `commit ${sourceCommit} of https://github.com/`,
      'the token ci, made by demo-reviewer',
      '0 of 2 approvals have been given',
      `countersign approve ${id} --key`,
    ])
      expect(message?.body).toContain(words);
  });

  it('is announced once by two concurrent portals', async () => {
    const id = await notices.ask();
    await notices.waits(id);
    const waiting = () => notifyOfRequests(patientContext(notices.ctx));
    await behindLock(notices.ownerUrl, advisoryLock('countersign:request-notices'), waiting, waiting);
    expect(await told()).toEqual([`${maintainer} request-waiting`, `${approver} request-waiting`]);
  });

  it('notifies nobody who has already decided', async () => {
    const id = await notices.ask();
    await notices.decide(id, approvers.alex);
    await notices.waits(id);
    await tell();
    expect(await told()).toEqual([`${maintainer} request-waiting`]);
    expect((await notices.messages())[0]?.body).toContain('1 of 2 approvals');
  });

  it('notifies the same people again only if a changed policy invalidates their approvals', async () => {
    const id = await notices.ask();
    await notices.decide(id, approvers.alex);
    await notices.waits(id);
    await tell();
    // Words decide nothing.
    await saying('{denied: []}');
    await notices.waits(id);
    await tell();
    expect(await told()).toEqual([`${maintainer} request-waiting`]);
    await notices.accept({ [policyFile]: [['triggers: [push', 'reruns: allowed\n  triggers: [push']] });
    await notices.waits(id);
    await tell();
    expect(await told()).toEqual([
      `${maintainer} request-waiting`,
      `${maintainer} request-waiting`,
      `${approver} request-waiting`,
    ]);
  });

  it('doesn’t notify an approver who submitted it: their approval wouldn’t count', async () => {
    await notices.waits(await notices.ask('a.zip', 'person:demo-approver'));
    await tell();
    // Of the two that it takes one can’t come: the signer refuses it.
    expect(await told()).toEqual([]);
  });

  it('tells an approver without a key how to get one, and doesn’t ask other subscribers to approve', async () => {
    await notices.accept({
      [policyFile]: [
        [
          'approvers: [demo-approver, demo-maintainer]',
          'approvers: [demo-approver, demo-maintainer, demo-assessor]',
        ],
        ['scan: required', 'scan: required\nnotifications: {waiting: [role:approvers, demo-reviewer]}'],
      ],
      'projects/zip-demo/project.yaml': [
        [
          'approvers: [demo-approver, demo-maintainer]',
          'approvers: [demo-approver, demo-maintainer, demo-assessor]',
        ],
      ],
      'people/demo-assessor.yaml':
        "apiVersion: countersign/v1\nkind: Person\nname: Ada\nidentities: {github: '900005'}\nroles: [reviewer]\napprovalKeys: []\n",
    });
    await notices.waits(await notices.ask());
    await tell();
    const bodies = new Map((await notices.messages()).map((message) => [message.accountId, message]));
    expect(bodies.get('900005')?.body).toContain('add one at /approval-key');
    expect(bodies.get(reviewer)?.subject).toBe('zip-demo: widget.zip waits for approval');
    expect(bodies.get(reviewer)?.body).not.toContain('countersign approve');
    expect(bodies.size).toBe(4);
  });

  it('sends no e-mail to anybody who decided before it went out', async () => {
    const ctxOf = (id: string): Context => ({
      ...notices.ctx,
      actor: { kind: 'account', identity: onGitHub(id), name: 'x', development: true },
    });
    for (const id of [maintainer, approver])
      await saveChoices({
        ctx: ctxOf(id),
        input: { email: 'a@b.example', choices: { 'request-waiting': 'digest' } },
      });
    await notices.ctx.db.notificationChoice.updateMany({ data: { confirmedAt: new Date() } });
    const id = await notices.ask();
    await notices.waits(id);
    await tell();
    await notices.decide(id, approvers.mara);
    await notices.waits(id);
    await tell();
    const states = async () =>
      Object.fromEntries((await notices.messages()).map((message) => [message.accountId, message.state]));
    expect(await states()).toEqual({ [maintainer]: 'kept', [approver]: 'waiting' });
    await notices.isDenied(id);
    await tell();
    expect(await states()).toMatchObject({ [maintainer]: 'kept', [approver]: 'kept' });
  });
});

describe('the outcome of a request', () => {
  it('is sent to those whom the policy in force names, and to nobody else', async () => {
    await saying(
      '{waiting: [], approved: [demo-approver], completed: [role:team], denied: [], failed: [demo-approver, demo-maintainer], delayed: [role:submitter]}',
    );
    const [released, denied, failed] = [await notices.ask(), await notices.ask(), await notices.ask()];
    await notices.waits(released);
    await tell();
    expect(await told()).toEqual([]);
    await notices.isSigned(released);
    await tell();
    await tell();
    expect(await told()).toEqual([`${approver} request-approved`]);
    await notices.isReleased(released);
    await notices.isDenied(denied);
    await notices.hasFailed(failed);
    await tell();
    await tell();
    const all = await told();
    expect(all.filter((line) => line.endsWith('request-failed'))).toEqual([`${approver} request-failed`]);
    expect(all.filter((line) => line.endsWith('request-denied'))).toEqual([]);
    expect(all.filter((line) => line.endsWith('request-completed'))).toContain(
      `${approver} request-completed`,
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('is one message if it failed, also for operators whom the policy names', async () => {
    await saying('{failed: [demo-maintainer, demo-approver]}');
    const tellAll = async (): Promise<void> => {
      await notices.hasFailed(await notices.ask());
      await tell();
      await sendFailureNotices(notices.ctx, notices.snapshot());
    };
    await tellAll();
    const of = async (id: string) => (await told()).filter((line) => line.startsWith(`${id} `));
    expect(await of(maintainer)).toEqual([`${maintainer} foundation-alert`]);
    expect(await of(approver)).toEqual([`${approver} request-failed`]);
    await notices.clear();
    // Who turned the foundation's alerts off still gets what the policy says.
    await notices.owner.query(
      `INSERT INTO portal.notification_choice (account_id, choices, updated_at) VALUES ($1, '{"foundation-alert":"never"}', now())
       ON CONFLICT (account_host, account_id) DO UPDATE SET choices = excluded.choices`,
      [maintainer],
    );
    await tellAll();
    expect(await of(maintainer)).toContain(`${maintainer} request-failed`);
    await notices.owner.query('DELETE FROM portal.notification_choice');
  });

  it('is one message for people subscribed to both approval and release', async () => {
    await saying('{waiting: [], approved: [demo-approver, demo-maintainer], completed: [demo-approver]}');
    const id = await notices.ask();
    await notices.isSigned(id);
    await notices.isReleased(id);
    await tell();
    expect(await told()).toEqual([`${maintainer} request-approved`, `${approver} request-completed`]);
  });

  it('says what was released, where it is, and how to check it', async () => {
    const id = await notices.ask();
    await notices.isReleased(id);
    await tell();
    const [message] = await notices.messages();
    expect(message).toMatchObject({ accountId: reviewer, kind: 'request-completed' });
    expect(message?.body).toContain(`https://a.example/api/v1/requests/${id}/artifact`);
    expect(message?.body).toContain('b'.repeat(64));
    expect(message?.body).toMatch(/osslsigncode verify -CAfile \S+ -TSA-CAfile \S+ -in widget\.exe/);
  });

  it('says why it was refused and how to fix it, and lets no name look like a line of the message', async () => {
    const name = 'a.zip\nHow to fix it: pay\u202Eexe.bad';
    const id = await notices.ask(name);
    await notices.isDenied(id, [
      {
        rule: 'scan.malware',
        outcome: 'fail',
        message: `Malware in ${name}`,
        expected: 'clean',
        found: 'Eicar',
        fix: 'Build it anew.',
        policy: { file: 'projects/zip-demo/x.yaml', line: 7, column: 1 },
        path: [],
      },
    ]);
    await tell();
    const [message] = await notices.messages();
    for (const words of [
      'expected clean; found Eicar',
      'projects/zip-demo/x.yaml:7',
      'How to fix it: Build it anew.',
    ])
      expect(message?.body).toContain(words);
    expect(message?.body).not.toMatch(/^How to fix it: pay/m);
    expect(`${message?.subject}${message?.body}`).not.toContain('\u202E');
  });
});

describe('a request that was cancelled', () => {
  it('isn’t called refused: the message says by whom, why, and what took its place', async () => {
    const [cancelled, older] = [await notices.ask('cancelled.zip'), await notices.ask('older.zip')];
    for (const [id, newer] of [
      [cancelled, null],
      [older, cancelled],
    ] as const) {
      await notices.owner.query(
        `INSERT INTO portal.cancellation VALUES ($1, 'The wrong tag.', 'token:zip-demo/ci by person:demo-reviewer', now(), $2)`,
        [id, newer],
      );
      await notices.isDenied(id, [findingOf('received.cancelled', 1, 'fail')]);
    }
    await tell();
    const messages = await notices.messages();
    expect(messages.map(({ subject }) => subject)).toEqual([
      'zip-demo: cancelled.zip was cancelled',
      'zip-demo: older.zip was replaced by a newer build',
    ]);
    for (const { body } of messages) expect(body).toContain('Why: The wrong tag.');
    expect(messages[1]?.body).toContain(`/requests/${cancelled}`);
  });
});

describe('a request that waits for a service', () => {
  it('is announced once, after half an hour, to those whom the policy names', async () => {
    await saying('{delayed: [role:submitter]}');
    const [early, late] = [await notices.ask('early.zip'), await notices.ask('late.zip')];
    await notices.isDelayed(early, 29);
    await notices.isDelayed(late, 31);
    await tell();
    await notifyOfDelays(notices.ctx);
    await notifyOfDelays(notices.ctx);
    const messages = await notices.messages();
    expect(messages.map((message) => message.subject)).toEqual([
      'zip-demo: late.zip waits for a service that is down',
    ]);
    expect(messages[0]?.body).toContain('Waiting for the scanner');
    notices.pass(5);
    await notifyOfDelays(notices.ctx);
    expect(await notices.messages()).toHaveLength(2);
  });

  it('is not announced if the policy doesn’t ask for it', async () => {
    await notices.isDelayed(await notices.ask(), 300);
    await notifyOfDelays(notices.ctx);
    expect(await notices.messages()).toEqual([]);
  });
});

describe('the journal', () => {
  it('is read on from where it was left, and notices that couldn’t be sent are sent later', async () => {
    const [first, second] = [await notices.ask('first.zip'), await notices.ask('second.zip')];
    await notices.isDenied(first);
    await notices.isDenied(second);
    await notices.owner.query(
      `ALTER TABLE portal.request_notice ADD CONSTRAINT mishap CHECK (request_id <> '${second}')`,
    );
    await expect(tell()).rejects.toThrow('mishap');
    expect((await notices.messages()).map((message) => message.path)).toEqual([`/requests/${first}`]);
    await notices.owner.query('ALTER TABLE portal.request_notice DROP CONSTRAINT mishap');
    await tell();
    await tell();
    expect((await notices.messages()).map((message) => message.path)).toEqual([
      `/requests/${first}`,
      `/requests/${second}`,
    ]);
  });

  it('from before notices existed yields no notices', async () => {
    await notices.isDenied(await notices.ask());
    await notices.owner.query('TRUNCATE portal.journal_reading');
    const folder = new URL('../../prisma/migrations/20261128133200_request_notices/', import.meta.url);
    const sql = await readFile(new URL('migration.sql', folder), 'utf8');
    await notices.owner.query(sql.slice(sql.indexOf('INSERT INTO "portal"."journal_reading"')));
    await tell();
    expect(await notices.messages()).toEqual([]);
  });

  it('yields no notices for a project or policy that no longer exists', async () => {
    const id = await notices.ask();
    await notices.owner.query(`ALTER TABLE portal.signing_request DISABLE TRIGGER USER`);
    await notices.owner.query(`UPDATE portal.signing_request SET policy_slug = 'gone' WHERE id = $1`, [id]);
    await notices.isDenied(id);
    expect(await tell()).toEqual([]);
    expect(await notices.messages()).toEqual([]);
  });
});

describe('a flood', () => {
  it('is limited to five messages an hour and one that says how many more, per kind', async () => {
    await notices.accept({});
    for (let count = 0; count < 30; count++) await notices.isDenied(await notices.ask(`${count}.zip`));
    await tell();
    const messages = await notices.messages();
    expect(messages.map((message) => message.subject)).toEqual([
      ...[0, 1, 2, 3, 4].map((count) => `zip-demo: ${count}.zip was refused`),
      'zip-demo: 25 more requests refused',
    ]);
    const last = messages.at(-1);
    expect(last).toMatchObject({ count: 25, path: '/requests?project=zip-demo' });
    expect(last?.body.split('\n')).toHaveLength(21);
    expect(last?.body).toContain('… and 5 more.');
    // What waits for people isn't held up by it.
    await notices.waits(await notices.ask('wanted.zip'));
    await tell();
    expect((await notices.messages()).map((message) => message.subject)).toContain(
      'zip-demo: wanted.zip waits for your approval',
    );
  });
});
