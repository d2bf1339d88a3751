import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseProjectSlug } from '#core/ids/index.ts';
import {
  disableWebhook,
  enableWebhook,
  listWebhooks,
  openDeliverer,
  readWebhook,
  removeOldDeliveries,
  removeWebhook,
  rotateSecret,
  webhooksMax,
} from './index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openWebhooks, project } from './open-webhooks.fixture.ts';
import { isSignedBy } from './receiver.fixture.ts';

const coded = (code: string) => expect.objectContaining({ code }) as unknown;

let open: Awaited<ReturnType<typeof openWebhooks>>;
beforeAll(async () => {
  open = await openWebhooks();
});
beforeEach(() => open.clear());
afterAll(() => open.close());

describe('a webhook', () => {
  it('is added by those who may make tokens, seen by the foundation, and by nobody else', async () => {
    const { id } = await open.add('/a');
    // The foundation's reviewer, an auditor, and nobody.
    const [steward, auditor] = [open.as('900004'), open.as('900007')];
    const nobody: Context = { ...open.portal, actor: { kind: 'public' } };
    for (const ctx of [steward, auditor, nobody]) {
      await expect(open.add('/b', { id: randomUUID() }, ctx)).rejects.toEqual(coded('NOT_ALLOWED'));
      for (const change of [rotateSecret, disableWebhook, enableWebhook, removeWebhook])
        await expect(change({ ctx, input: { project, id } })).rejects.toEqual(coded('NOT_ALLOWED'));
    }
    for (const ctx of [auditor, nobody])
      await expect(listWebhooks({ ctx, input: { project } })).rejects.toEqual(coded('NOT_ALLOWED'));
    expect(await listWebhooks({ ctx: steward, input: { project } })).toMatchObject({
      items: [{ id }],
      mayChange: false,
    });
    expect((await listWebhooks({ ctx: open.team(), input: { project } })).items).toMatchObject([
      { id, shown: `${open.receiver.origin}/a`, format: 'standard', disabled: null },
    ]);
    const other = parseProjectSlug('esbuild-demo');
    expect(await readWebhook({ ctx: open.team(), input: { project: other, id } })).toBe(null);
    await expect(removeWebhook({ ctx: open.team(), input: { project: other, id } })).rejects.toEqual(
      coded('NO_SUCH_WEBHOOK'),
    );
  });

  it.each([
    ...[
      '',
      'nothing',
      'ftp://127.0.0.1/',
      'https://a:b@a.example/',
      'https://10.0.0.1/',
      'https://a.invalid/',
    ],
    `https://a.example/${'x'.repeat(1000)}`,
  ])('doesn’t lead to %s', async (url) => {
    await expect(open.add('', { url })).rejects.toMatchObject({
      code: 'WEBHOOK_URL_INVALID',
      fields: [{ field: 'url' }],
    });
  });

  it('is one of ten at most, told of something, and added once by a form that is sent twice', async () => {
    await expect(open.add('/a', { format: undefined })).rejects.toMatchObject({
      code: 'WEBHOOK_FORMAT_INVALID',
      fields: [{ field: 'format' }],
    });
    await expect(open.add('/a', { events: [] })).rejects.toEqual(coded('WEBHOOK_EVENTS_INVALID'));
    const { id } = await open.add('/a');
    await expect(open.add('/a', { id })).rejects.toEqual(coded('ALREADY_DONE'));
    for (let count = 1; count < webhooksMax; count += 1) await open.add(`/${count}`);
    await expect(open.add('/more')).rejects.toEqual(coded('TOO_MANY_WEBHOOKS'));
  });

  it('is kept without what is secret in it, in the database and on the page', async () => {
    const secret = 'T000-B000-XXXX';
    const { secret: signing } = await open.add(`/services/${secret}`);
    await open.add(`/services/${secret}`, { format: 'slack' });
    await open.add(`/hook?token=${secret}`, { format: 'matrix' });
    const { rows } = await open.notices.owner.query<{ row: string }>(
      'SELECT webhook::text AS row FROM portal.webhook WHERE format <> $1',
      ['standard'],
    );
    expect(rows).toHaveLength(2);
    for (const { row } of rows) expect(row).not.toContain(secret);
    const all = await open.notices.owner.query<{ row: string }>(
      'SELECT webhook::text AS row FROM portal.webhook',
    );
    for (const { row } of all.rows) expect(row).not.toContain(signing?.replace('whsec_', ''));
    const { items } = await listWebhooks({ ctx: open.team(), input: { project } });
    expect(items.filter((item) => item.format !== 'standard').map((item) => item.shown)).toEqual([
      `${open.receiver.origin}/…`,
      `${open.receiver.origin}/…`,
    ]);
    const events = await open.portal.db.auditEvent.findMany({ where: { action: 'webhook.created' } });
    expect(JSON.stringify(events.map((event) => event.detail))).not.toContain(secret);
  });
});

describe('the team', () => {
  it('rotates a secret: for a day both sign, then the new one alone', async () => {
    const { id, secret: old } = await open.add('/a');
    const { secret } = await rotateSecret({ ctx: open.team(), input: { project, id } });
    const signers = async () => {
      open.receiver.received.length = 0;
      await open.test(id);
      await open.deliver();
      const [message] = open.receiver.received;
      if (message === undefined || old === null) throw new Error('no message');
      return [isSignedBy(old, message), isSignedBy(secret, message)];
    };
    expect(await signers()).toEqual([true, true]);
    open.notices.pass(25 * 60);
    expect(await signers()).toEqual([false, true]);
    const slack = await open.add('/s', { format: 'slack' });
    expect(slack.secret).toBe(null);
    await expect(rotateSecret({ ctx: open.team(), input: { project, id: slack.id } })).rejects.toEqual(
      coded('WEBHOOK_DISABLED'),
    );
  });

  it('sends a test, which is tried once and disables nothing', async () => {
    const { id } = await open.add('/a', { events: ['request.denied'] });
    open.receiver.answers.set('/a', (_request, response) => response.writeHead(500).end('x'.repeat(2_000)));
    await open.test(id);
    await open.deliver();
    expect(await open.last(id)).toMatchObject({
      type: 'webhook.test',
      state: 'failed',
      attempts: 1,
      last: { status: 500 },
    });
    expect((await open.last(id))?.last?.answer).toHaveLength(500);
    expect((await open.read(id)).webhook.disabled).toBe(null);
  });

  it('disables, enables and removes it', async () => {
    const { id } = await open.add('/a');
    await disableWebhook({ ctx: open.team(), input: { project, id } });
    await expect(open.test(id)).rejects.toEqual(coded('WEBHOOK_DISABLED'));
    await open.waits();
    await open.deliver();
    expect(open.receiver.received).toHaveLength(0);
    await enableWebhook({ ctx: open.team(), input: { project, id } });
    await open.waits();
    await open.deliver();
    expect(open.receiver.received).toHaveLength(1);
    await removeWebhook({ ctx: open.team(), input: { project, id } });
    expect(await open.portal.db.webhookDelivery.count()).toBe(0);
  });

  it('finds it disabled where the session secret was changed', async () => {
    const { id } = await open.add('/a');
    await open.waits();
    writeFileSync(join(open.folder, 'other'), 'o'.repeat(40));
    const moved = {
      ...open.portal,
      config: {
        ...open.portal.config,
        auth: { ...open.portal.config.auth, secretFile: join(open.folder, 'other') },
      },
    };
    const deliverer = openDeliverer(moved);
    await deliverer.run();
    await deliverer.settled();
    expect(open.receiver.received).toHaveLength(0);
    expect((await open.read(id)).webhook.disabled?.why).toContain('session secret');
  });
});

describe('deliveries', () => {
  it('are kept for thirty days, and a thousand of each webhook', async () => {
    const { id } = await open.add('/a');
    await open.notices.owner.query(
      `INSERT INTO portal.webhook_delivery (webhook_id, key, message_id, type, body, created_at, state)
       SELECT $1, 'old ' || n, 'msg_' || n, 'webhook.test', '{}', $2, 'delivered' FROM generate_series(1, 1100) AS n`,
      [id, open.portal.now()],
    );
    await open.waits();
    expect(await open.portal.db.webhookDelivery.count()).toBe(1000);
    open.notices.pass(31 * 24 * 60);
    await removeOldDeliveries(open.portal);
    expect(await open.portal.db.webhookDelivery.count()).toBe(0);
  });

  it('are found by their indexes, however many there were', async () => {
    const plan = async (sql: string) => {
      await open.notices.owner.query('SET enable_seqscan = off');
      const { rows } = await open.notices.owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    expect(
      await plan(`SELECT id FROM portal.webhook WHERE due_at <= now() ORDER BY due_at LIMIT 5`),
    ).toContain('webhook_due_at_idx');
    const of = `portal.webhook_delivery WHERE webhook_id = '${randomUUID()}'`;
    expect(await plan(`SELECT min(next_at) FROM ${of}`)).toContain('webhook_delivery_webhook_id_next_at_idx');
    expect(await plan(`SELECT id FROM ${of} ORDER BY id DESC LIMIT 26`)).toContain(
      'webhook_delivery_webhook_id_id_idx',
    );
    expect(
      await plan(
        `SELECT id FROM portal.webhook_delivery WHERE created_at < now() ORDER BY created_at LIMIT 5`,
      ),
    ).toContain('webhook_delivery_created_at_idx');
  });
});
