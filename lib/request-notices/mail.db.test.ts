/** From the signer's journal to a mailbox: entries as the signer writes them, the portal's own jobs, and a server that speaks SMTP. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testFolder } from '../../dev/test/index.ts';
import { startMailServer, type TestMailServer } from '../../dev/test/mail-server.ts';
import {
  confirmAddress,
  openMailTransport,
  saveChoices,
  sendConfirmations,
  sendDueNotifications,
  type MailTransport,
} from '../notifications/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { notifyOfRequests } from './index.ts';
import { accounts, openNotices } from './open-notices.fixture.ts';

let mails: TestMailServer;
/** Without the line breaks that e-mail adds. */
const received = () =>
  mails.received.map(({ to, text }) => ({ to, text: text.replaceAll('=\r\n', '').replaceAll('=3D', '=') }));
let notices: Awaited<ReturnType<typeof openNotices>>;
let folder: Awaited<ReturnType<typeof testFolder>>;
let transport: MailTransport;
let ctx: Portal;
beforeAll(async () => {
  mails = await startMailServer();
  notices = await openNotices();
  folder = await testFolder('mail');
  writeFileSync(join(folder.folder, 'secret'), 's'.repeat(40));
  const mail = {
    smtp: mails.url,
    from: 'a@a.example',
  };
  const auth = { secretFile: join(folder.folder, 'secret') };
  ctx = { ...notices.ctx, config: { ...notices.ctx.config, mail, auth } } as Portal;
  transport = openMailTransport(mail);
  await notices.accept({});
});
afterAll(async () => {
  transport.close();
  await notices.close();
  await folder.release();
  await mails.close();
});

it('an approver gets e-mail about the signer’s journal once the address is confirmed, and nothing before', async () => {
  const actor = {
    kind: 'account',
    identity: onGitHub(accounts.approver),
    name: 'Alex',
    development: true,
  } as const;
  const alex = { ...ctx, actor } as unknown as Context;
  const work = async (): Promise<void> => {
    await notifyOfRequests(ctx);
    await sendConfirmations(ctx, transport);
    await sendDueNotifications(ctx, transport);
  };
  await saveChoices({ ctx: alex, input: { email: 'alex@example.org', choices: {} } });
  await notices.waits(await notices.ask());
  await work();
  expect(received().map(({ to, text }) => [to, /^Subject: (.*)\r$/m.exec(text)?.[1]])).toEqual([
    ['alex@example.org', 'Is this your e-mail address?'],
  ]);
  const token = /\/confirm-address\/([\w.-]+)/.exec(received()[0]?.text ?? '')?.[1] ?? '';
  await confirmAddress({ ctx, input: { token } });
  const id = await notices.ask();
  await notices.waits(id);
  await work();
  await work();
  expect(received()).toHaveLength(2);
  expect(received()[1]).toMatchObject({ to: 'alex@example.org' });
  expect(received()[1]?.text).toContain(`countersign approve ${id} --key`);
  expect(received()[1]?.text).toMatch(/^List-Unsubscribe:/m);
});
