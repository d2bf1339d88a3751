import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { advisoryLock, behindLock, besideLock, patientContext } from '../../dev/test/held-lock.ts';
import { startMailServer, type TestMailServer } from '../../dev/test/mail-server.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { keepVouched, verifiedAddresses } from '../platform/auth/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, OpenPortal } from '../platform/portal/index.ts';
import {
  resendConfirmation,
  confirmAddress,
  keepAddress,
  listNotifications,
  notify,
  openMailTransport,
  readChoices,
  readConfirmationLink,
  readOutbox,
  readUnsubscribeLink,
  saveChoices,
  sendConfirmations,
  sendDueNotifications,
  unsubscribe,
} from './index.ts';
import type { MailTransport } from './index.ts';
import { unsubscribeToken } from './unsubscribe.ts';

let mails: TestMailServer;
let portal: OpenPortal;
let ownerUrl: string;
let transport: MailTransport;
let release: () => Promise<void>;
let ahead = 0;
const account = (id: string): Context => ({
  ...portal,
  actor: { kind: 'account', identity: onGitHub(id), name: 'Nora', development: true },
});

beforeAll(async () => {
  mails = await startMailServer();
});
afterAll(() => mails.close());
beforeEach(async () => {
  mails.received = [];
  mails.refuse = false;
  ahead = 0;
  const database = await testDatabase();
  ownerUrl = database.owner;
  const { folder, release: releaseFolder } = await testFolder('mail');
  await writeFile(join(folder, 'secret'), 's'.repeat(40));
  const smtp = mails.url;
  const config = parsePortalConfig(
    JSON.stringify({
      databaseUrl: database.portal,
      artifactStore: folder,
      keysDir: folder,
      policyRepository: { url: folder, cloneDir: folder },
      publicUrl: 'https://sign.example',
      auth: { secretFile: join(folder, 'secret') },
      upload: { sizeBytesMax: 1000 },
      mail: { smtp, from: 'Foundation <noreply@sign.example>' },
    }),
    folder,
  );
  portal = openPortal(config, () => new Date(Date.now() + ahead));
  transport = openMailTransport({ smtp, from: 'Foundation <noreply@sign.example>' });
  release = async () => {
    transport.close();
    await portal.close();
    await database.release();
    await releaseFolder();
  };
});
afterEach(() => release());

const message = (subject: string, kind: 'application-news' | 'review-new' = 'application-news') => ({
  kind,
  subject,
  body: 'We have a question.',
  path: '/applications/7',
});
const tell = (id: string, subject: string, kind?: 'application-news' | 'review-new') =>
  portal.db.$transaction((transaction) => notify(transaction, portal, onGitHub(id), message(subject, kind)));
const enter = (id: string, email: string, choices = {}) =>
  saveChoices({ ctx: account(id), input: { email, choices } });
/** As somebody who has confirmed the address long ago. */
async function choose(id: string, email: string, choices = {}): Promise<void> {
  await enter(id, email, choices);
  await portal.db.notificationChoice.updateMany({
    where: { accountId: id, email },
    data: { confirmedAt: portal.now() },
  });
}
const confirm = (token: string) => confirmAddress({ ctx: portal, input: { token } });
const ask = () => sendConfirmations(portal, transport);
const send = () => sendDueNotifications(portal, transport);
const states = async (id: string) =>
  (await listNotifications({ ctx: account(id), input: { before: null } })).items.map((item) => item.state);

describe('a notification', () => {
  it('belongs to an account on its host: an account with the same id elsewhere neither reads it nor shares its addresses', async () => {
    const elsewhere = { host: 'gitlab', id: '1' };
    await portal.db.$transaction((transaction) =>
      notify(transaction, portal, elsewhere, message('Elsewhere')),
    );
    expect(await states('1')).toEqual([]);
    await keepVouched(portal.db, elsewhere as never, ['nora@example.org']);
    await enter('1', 'nora@example.org');
    expect(await readChoices({ ctx: account('1') })).toMatchObject({ isConfirmed: false });
    await keepVouched(portal.db, onGitHub('1'), ['nora@example.org']);
    await enter('1', '');
    await enter('1', 'nora@example.org');
    expect(await readChoices({ ctx: account('1') })).toMatchObject({ isConfirmed: true });
  });

  it('is kept on the portal for accounts without an address, and sent to those with one', async () => {
    await tell('1', 'Kept');
    await choose('2', 'nora@example.org');
    await tell('2', 'A question');
    await send();
    expect(mails.received.map((mail) => mail.to)).toEqual(['nora@example.org']);
    expect(mails.received[0]?.text).toContain('https://sign.example/applications/7');
    expect(mails.received[0]?.text).toContain('Auto-Submitted: auto-generated');
    expect([await states('1'), await states('2')]).toEqual([['kept'], ['sent']]);
    await send();
    expect(mails.received).toHaveLength(1);
  });

  it('waits for the morning if the account wants a digest, and is then sent with the others', async () => {
    await choose('3', 'rita@example.org', { 'review-new': 'digest' });
    await tell('3', 'First', 'review-new');
    await tell('3', 'Second', 'review-new');
    await send();
    expect(mails.received).toEqual([]);
    ahead = 25 * 3600 * 1000;
    await send();
    expect(mails.received).toHaveLength(1);
    expect(mails.received[0]?.text).toMatch(/Subject:.*2[ _]messages/);
    expect(mails.received[0]?.text).toMatch(/First[\s\S]*Second/);
  });

  it('is not sent to accounts that want none, even if they choose so afterwards', async () => {
    await choose('4', 'ned@example.org');
    await tell('4', 'News');
    await choose('4', 'ned@example.org', { 'application-news': 'never' });
    await send();
    expect(mails.received).toEqual([]);
    expect(await states('4')).toEqual(['kept']);
  });

  it('remains off if the account is later asked about fewer kinds, not including this one', async () => {
    await choose('104', 'off@example.org', { 'review-new': 'never' });
    await enter('104', 'off@example.org', { 'application-news': 'digest' });
    const { choices } = await readChoices({ ctx: account('104') });
    expect(choices).toMatchObject({ 'review-new': 'never', 'application-news': 'digest' });
  });

  it('can’t smuggle a header or another recipient in', async () => {
    await choose('5', 'eve@example.org');
    await tell('5', 'Hi\r\nBcc: victim@example.org\r\n\r\nspam');
    await send();
    expect(mails.received[0]?.to).toBe('eve@example.org');
    expect(mails.received[0]?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
    for (const email of [
      'a@b.example,c@d.example',
      'a@b.example\nBcc: x@y.example',
      '<a@b.example>',
      'a b@c.example',
    ]) {
      await expect(choose('5', email)).rejects.toMatchObject({ code: 'CHOICE_INVALID' });
    }
  });

  it('is retried while the server refuses, finally given up, and never lost', async () => {
    await choose('6', 'full@example.org');
    await tell('6', 'News');
    mails.refuse = true;
    const problems = await send();
    expect(problems).toEqual([expect.stringContaining('mailbox full')]);
    expect(problems.join()).not.toContain('full@example.org');
    expect(await states('6')).toEqual(['waiting']);
    expect(await send()).toEqual([]);
    for (let attempt = 0; attempt < 8; attempt++) {
      ahead += 24 * 3600 * 1000;
      await send();
    }
    expect(await states('6')).toEqual(['failed']);
    mails.refuse = false;
    await send();
    expect(mails.received).toEqual([]);
  });

  it('is sent once by two portals that send at the same time', async () => {
    await choose('7', 'two@example.org');
    for (let count = 0; count < 5; count++) await tell('7', `News ${count}`);
    await Promise.all([send(), send(), send()]);
    const all = mails.received.map((mail) => mail.text).join();
    for (let count = 0; count < 5; count++) expect(all.split(`News ${count}`).length - 1).toBe(1);
  });

  it('is left to the portal that has claimed it', async () => {
    await choose('8', 'taken@example.org');
    await tell('8', 'Taken');
    await tell('8', 'Free');
    const taken = { lock: `SELECT 1 FROM portal.notification WHERE subject = 'Taken' FOR UPDATE` };
    expect(await besideLock(ownerUrl, taken, send)).toEqual([]);
    expect(mails.received).toHaveLength(1);
    expect(mails.received[0]?.text).not.toContain('Taken');
  });

  it('goes to the address given with an application, unless its owner has chosen another', async () => {
    await portal.db.$transaction((transaction) =>
      keepAddress(transaction, portal, onGitHub('8'), 'first@example.org'),
    );
    await choose('9', 'chosen@example.org');
    await portal.db.$transaction((transaction) =>
      keepAddress(transaction, portal, onGitHub('9'), 'other@example.org'),
    );
    expect((await readChoices({ ctx: account('8') })).email).toBe('first@example.org');
    expect((await readChoices({ ctx: account('9') })).email).toBe('chosen@example.org');
  });

  it('can’t be read by anybody else: there is an outbox only on a development portal', async () => {
    await tell('1', 'Private');
    expect((await listNotifications({ ctx: account('2'), input: { before: null } })).items).toEqual([]);
    await expect(
      listNotifications({ ctx: { ...portal, actor: { kind: 'public' } }, input: { before: null } }),
    ).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    expect(await readOutbox({ ctx: portal })).toBeNull();
  });
});

/** An e-mail's text as it was written: lines that were cut for the way put together again. */
const plain = (text: string): string => text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
const headerOf = (text: string, name: string): string | null =>
  new RegExp(`^${name}:([^\\r]*(?:\\r\\n[ \\t][^\\r]+)*)`, 'im')
    .exec(text)?.[1]
    ?.replaceAll('\r\n', '')
    .trim() ?? null;
const linkIn = (text: string): string =>
  /\/api\/unsubscribe\/([\w.-]+)>/.exec(headerOf(text, 'List-Unsubscribe') ?? '')?.[1] ?? '';

describe('an e-mail', () => {
  it('has a link that stops its kind for its recipient only', async () => {
    await choose('10', 'nora@example.org');
    await tell('10', 'A question');
    await send();
    const [mail] = mails.received;
    const token = linkIn(mail?.text ?? '');
    expect(token).not.toBe('');
    expect(headerOf(mail?.text ?? '', 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(plain(mail?.text ?? '')).toContain(`https://sign.example/unsubscribe/${token}`);
    for (let again = 0; again < 2; again++) await unsubscribe({ ctx: portal, input: { token, all: false } });
    const { email, choices } = await readChoices({ ctx: account('10') });
    expect([email, choices['application-news'], choices['project-news']]).toEqual([
      ...['nora@example.org', 'never', 'at-once'],
    ]);
    await tell('10', 'Another question');
    await send();
    expect(mails.received).toHaveLength(1);
  });

  it('with several kinds has a link that stops them, and one for all e-mail', async () => {
    await choose('11', 'rita@example.org', { 'application-news': 'digest' });
    await tell('11', 'First', 'review-new');
    await tell('11', 'Second');
    ahead = 25 * 3600 * 1000;
    await send();
    const token = linkIn(mails.received[0]?.text ?? '');
    const stopped = async () => (await readUnsubscribeLink({ ctx: portal, input: { token } })).stopped;
    expect(await stopped()).toBe('nothing');
    await unsubscribe({ ctx: portal, input: { token, all: false } });
    expect(await stopped()).toBe('these');
    expect((await readChoices({ ctx: account('11') })).choices).toMatchObject({
      'application-news': 'never',
      'review-new': 'never',
      'review-news': 'digest',
    });
    await unsubscribe({ ctx: portal, input: { token, all: true } });
    expect((await readChoices({ ctx: account('11') })).email).toBeNull();
    expect(await stopped()).toBe('all');
  });

  it('to an address that the account no longer has stops nothing at its new one', async () => {
    await choose('12', 'old@example.org');
    await tell('12', 'A question');
    await send();
    const token = linkIn(mails.received[0]?.text ?? '');
    await choose('12', 'new@example.org');
    for (const all of [false, true]) await unsubscribe({ ctx: portal, input: { token, all } });
    const { email, choices } = await readChoices({ ctx: account('12') });
    expect([email, choices['application-news']]).toEqual(['new@example.org', 'at-once']);
    await expect(
      unsubscribe({ ctx: portal, input: { token: `${token}x`, all: true } }),
    ).rejects.toMatchObject({
      code: 'LINK_INVALID',
    });
  });

  it('that is sent again after a crash is identical, with the same Message-ID', async () => {
    await choose('13', 'again@example.org');
    await tell('13', 'First');
    const dying: MailTransport = {
      ...transport,
      async send(mail) {
        await transport.send(mail);
        throw new Error('killed');
      },
    };
    await sendDueNotifications(portal, dying);
    await tell('13', 'Second');
    ahead = 10 * 60 * 1000;
    await send();
    const ids = mails.received.map(({ text }) => headerOf(text, 'Message-ID'));
    expect(mails.received.map(({ text }) => headerOf(text, 'Subject'))).toEqual(['First', 'First', 'Second']);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

const tokenIn = (text: string): string => /\/confirm-address\/([\w.-]+)/.exec(plain(text))?.[1] ?? '';
const hours = (count: number) => count * 3600 * 1000;

describe('an address that a person enters', () => {
  it('gets one e-mail asking for confirmation, and nothing else before it is confirmed', async () => {
    await enter('20', 'nora@example.org');
    await tell('20', 'Early news');
    await send();
    await Promise.all([ask(), ask()]);
    expect(mails.received.map(({ to }) => to)).toEqual(['nora@example.org']);
    const [mail] = mails.received;
    expect(headerOf(mail?.text ?? '', 'Subject')).toBe('Is this your e-mail address?');
    // Whoever is written to without having asked reads nothing that others typed.
    expect(mail?.text).not.toMatch(/Nora|Early news/);
    const token = tokenIn(mail?.text ?? '');
    // Looking at the link, as programs do, confirms nothing.
    expect(await readConfirmationLink({ ctx: portal, input: { token } })).toMatchObject({ state: 'ready' });
    expect(await readChoices({ ctx: account('20') })).toMatchObject({ isConfirmed: false });
    await tell('20', 'More news');
    await send();
    expect(mails.received).toHaveLength(1);
    for (let again = 0; again < 2; again++) await confirm(token);
    expect(await readChoices({ ctx: account('20') })).toMatchObject({ isConfirmed: true });
    await tell('20', 'Late news');
    await send();
    expect(mails.received.map(({ text }) => headerOf(text, 'Subject')).slice(1)).toEqual(['Late news']);
    expect(await states('20')).toEqual(['sent', 'kept', 'kept']);
  });

  it('must be confirmed again once it changes, and the old link confirms nothing', async () => {
    await enter('21', 'old@example.org');
    await ask();
    const token = tokenIn(mails.received[0]?.text ?? '');
    await confirm(token);
    await enter('21', 'new@example.org');
    await expect(confirm(token)).rejects.toMatchObject({ code: 'LINK_INVALID' });
    await tell('21', 'News');
    await send();
    await ask();
    expect(mails.received.map(({ to }) => to)).toEqual(['old@example.org', 'new@example.org']);
    // Saving other choices asks nobody again.
    await enter('21', 'new@example.org', { 'project-news': 'never' });
    await ask();
    expect(mails.received).toHaveLength(2);
  });

  it('is confirmed by a link of this portal, for a day, and by no other', async () => {
    await enter('22', 'nora@example.org');
    await ask();
    const token = tokenIn(mails.received[0]?.text ?? '');
    const of = { account: onGitHub('22'), email: 'nora@example.org', kinds: ['project-news'] } as const;
    for (const wrong of ['', `${token}x`, token.replace(/^../, 'ey'), unsubscribeToken(portal.config, of)])
      await expect(confirm(wrong === token ? '' : wrong)).rejects.toMatchObject({ code: 'LINK_INVALID' });
    ahead = hours(24) + 60_000;
    await expect(confirm(token)).rejects.toMatchObject({ code: 'LINK_EXPIRED' });
    expect(await readChoices({ ctx: account('22') })).toMatchObject({ isConfirmed: false });
    await resendConfirmation({ ctx: account('22') });
    await ask();
    await confirm(tokenIn(mails.received[1]?.text ?? ''));
    expect(await readChoices({ ctx: account('22') })).toMatchObject({ isConfirmed: true });
  });

  it('is asked at most three times an hour and five times a day, whoever enters it', async () => {
    for (const id of ['30', '31', '32']) await enter(id, 'victim@example.org');
    const tooMany = { code: 'CONFIRMATION_LIMIT', fields: [{ field: 'email' }] };
    await expect(enter('33', 'VICTIM@example.org')).rejects.toMatchObject(tooMany);
    expect(await readChoices({ ctx: account('33') })).toMatchObject({ email: null });
    await expect(resendConfirmation({ ctx: account('30') })).rejects.toMatchObject(tooMany);
    ahead = hours(1.1);
    for (const id of ['34', '35']) await enter(id, 'victim@example.org');
    ahead = hours(3);
    await expect(enter('36', 'victim@example.org')).rejects.toMatchObject(tooMany);
    ahead = hours(26);
    await enter('36', 'victim@example.org');
  });

  it('is counted under a lock: of two concurrent entries the one over the limit is refused', async () => {
    for (const id of ['40', '41']) await enter(id, 'target@example.org');
    const late = (id: string) => () =>
      saveChoices({
        ctx: patientContext(account(id)),
        input: { email: 'target@example.org', choices: {} },
      });
    const lock = advisoryLock('countersign:address-confirmation');
    const ended = await behindLock(ownerUrl, lock, late('42'), late('43'));
    expect(ended.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is asked only by the portal that has claimed it', async () => {
    await enter('44', 'hand@example.org');
    const taken = { lock: 'SELECT 1 FROM portal.address_confirmation FOR UPDATE' };
    expect(await besideLock(ownerUrl, taken, ask)).toEqual([]);
    expect(mails.received).toEqual([]);
    await ask();
    expect(mails.received).toHaveLength(1);
  });

  it('is one of three an hour that an account may enter', async () => {
    for (const name of ['a', 'b', 'c']) await enter('37', `${name}@example.org`);
    await expect(enter('37', 'd@example.org')).rejects.toMatchObject({ code: 'CONFIRMATION_LIMIT' });
    // Only the last one is asked: it is the one that is there.
    await ask();
    expect(mails.received.map(({ to }) => to)).toEqual(['c@example.org']);
  });

  it('is tried four times where the server refuses, and then no more', async () => {
    await enter('38', 'full@example.org');
    mails.refuse = true;
    for (let attempt = 0; attempt < 6; attempt++) {
      const problems = await ask();
      expect(problems.join()).not.toContain('full@example.org');
      expect(problems).toHaveLength(attempt < 4 ? 1 : 0);
      ahead += hours(0.2);
    }
  });

  it('counts as confirmed only as long as the login provider vouches for it', async () => {
    const verified = await verifiedAddresses('https://api.github.com', 't', () =>
      Promise.resolve(
        Response.json([
          { email: 'Ada@example.org', verified: true, primary: true },
          { email: 'someone-elses@example.org', verified: false },
        ]),
      ),
    );
    await keepVouched(portal.db, onGitHub('40'), verified);
    await enter('40', 'ada@example.org');
    expect(await readChoices({ ctx: account('40') })).toMatchObject({ isConfirmed: true });
    await enter('40', 'someone-elses@example.org');
    expect(await readChoices({ ctx: account('40') })).toMatchObject({ isConfirmed: false });
    await enter('41', 'ada@example.org');
    expect(await readChoices({ ctx: account('41') })).toMatchObject({ isConfirmed: false });
    await keepVouched(portal.db, onGitHub('40'), []);
    await enter('40', 'ada@example.org');
    expect(await readChoices({ ctx: account('40') })).toMatchObject({ isConfirmed: false });
    await expect(
      verifiedAddresses('https://api.github.com', 't', () =>
        Promise.resolve(new Response('', { status: 404 })),
      ),
    ).rejects.toThrow('404');
  });

  it('entered with an application is asked, too; the application isn’t refused for that', async () => {
    const apply = (id: string) =>
      portal.db.$transaction((transaction) =>
        keepAddress(transaction, portal, onGitHub(id), 'all@example.org'),
      );
    for (const id of ['50', '51', '52', '53']) await apply(id);
    await ask();
    expect(mails.received.map(({ to }) => to)).toEqual(Array.from({ length: 3 }, () => 'all@example.org'));
    expect(await readChoices({ ctx: account('53') })).toMatchObject({
      email: 'all@example.org',
      isConfirmed: false,
    });
  });
});
