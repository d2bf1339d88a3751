import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPoster } from '../platform/page-fetch/index.ts';
import { disableWebhook, enableWebhook, openDeliverer, repeatDelivery } from './index.ts';
import { maker, openWebhooks, project } from './open-webhooks.fixture.ts';
import { isSignedBy } from './receiver.fixture.ts';
import type { Misbehaviour } from './receiver.fixture.ts';

let open: Awaited<ReturnType<typeof openWebhooks>>;
beforeAll(async () => {
  open = await openWebhooks();
});
beforeEach(() => open.clear());
afterAll(() => open.close());

describe('a receiver', () => {
  it.each<readonly [string, Misbehaviour]>([
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/b' }).end()],
    ['an error', 500],
    ['404', 404],
    ['nothing', (request) => request.socket.destroy()],
    ['HTML with a status of its own', (_request, response) => response.writeHead(403).end('<p>No\0</p>')],
  ])('that answers with %s is sent the same message again, with the same id', async (_name, answer) => {
    const { id, secret } = await open.add('/a');
    open.receiver.answers.set('/a', answer);
    await open.waits();
    await open.deliver();
    expect(await open.last(id)).toMatchObject({ state: 'waiting', attempts: 1 });
    open.notices.pass(1);
    open.receiver.answers.clear();
    await open.deliver();
    expect(open.receiver.received.map(({ path }) => path)).toEqual(['/a', '/a']);
    const [first, second] = open.receiver.received;
    if (first === undefined || second === undefined || secret === null) throw new Error('no message');
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
    expect([first, second].every((message) => isSignedBy(secret, message))).toBe(true);
    expect(await open.last(id)).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('that asks for time gets it, for other messages, too', async () => {
    const { id } = await open.add('/a');
    open.receiver.answers.set('/a', (_request, response) =>
      response.writeHead(429, { 'retry-after': '600' }).end(),
    );
    await open.waits();
    await open.deliver();
    open.receiver.answers.clear();
    await open.waits();
    open.notices.pass(9);
    await open.deliver();
    expect(open.receiver.received).toHaveLength(1);
    expect((await open.read(id)).webhook.pausedUntil).not.toBe(null);
    open.notices.pass(2);
    await open.deliver();
    expect(open.receiver.received).toHaveLength(3);
  });

  it('that is gone is disabled at once, and its maker is told', async () => {
    const { id } = await open.add('/a');
    open.receiver.answers.set('/a', 410);
    await open.waits();
    await open.waits();
    await open.deliver();
    expect(open.receiver.received).toHaveLength(1);
    const { webhook, deliveries } = await open.read(id);
    expect(webhook.disabled?.why).toContain('410');
    expect(deliveries.map(({ state }) => state)).toEqual(['stopped', 'failed']);
    const told = (await open.notices.messages()).filter(({ path }) => path.endsWith(id));
    expect(told).toMatchObject([{ accountId: maker, kind: 'project-news' }]);
    await open.waits();
    await open.deliver();
    expect(open.receiver.received).toHaveLength(1);
    open.receiver.answers.clear();
    await enableWebhook({ ctx: open.team(), input: { project, id } });
    for (const delivery of deliveries)
      await repeatDelivery({ ctx: open.team(), input: { project, id, delivery: delivery.id } });
    await open.deliver();
    expect(open.receiver.received).toHaveLength(3);
  });

  it('that never takes a message is disabled after the tenth attempt', async () => {
    const { id } = await open.add('/a');
    open.receiver.answers.set('/a', 500);
    await open.waits();
    for (let attempts = 1; attempts <= 10; attempts += 1) {
      expect((await open.read(id)).webhook.disabled).toBe(null);
      await open.deliver();
      expect(open.receiver.received).toHaveLength(attempts);
      open.notices.pass(25 * 60);
    }
    expect((await open.read(id)).webhook.disabled?.why).toContain('10 attempts');
    expect(await open.last(id)).toMatchObject({ state: 'failed', attempts: 10, nextAt: null });
  });

  it('that sends without end has answered', async () => {
    const { id } = await open.add('/a');
    open.receiver.answers.set('/a', (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await open.waits();
    await open.deliver();
    expect(await open.last(id)).toMatchObject({ state: 'delivered', last: { answer: 'x'.repeat(500) } });
  });

  it('whose name leads elsewhere by now is sent nothing, and one that never answers nothing else for a minute', async () => {
    const here = openPoster({ allowLoopback: true, resolve: async () => ['127.0.0.1'] });
    const url = `http://moves.test:${new URL(open.receiver.origin).port}/a`;
    const { id } = await open.add('', { url }, { ...open.team(), poster: here });
    await open.waits();
    const through = async (options: Partial<Parameters<typeof openPoster>[0]>) => {
      const poster = openPoster({ allowLoopback: true, ...options });
      const deliverer = openDeliverer({ ...open.portal, poster }, () => 0);
      await deliverer.run();
      await deliverer.settled();
    };
    await through({ resolve: async () => ['10.0.0.1'] });
    expect(open.receiver.received).toHaveLength(0);
    const problem = expect.stringContaining('isn’t public') as unknown;
    expect(await open.last(id)).toMatchObject({ state: 'waiting', last: { status: null, problem } });
    open.notices.pass(2);
    open.receiver.answers.set('/a', () => undefined);
    await through({ resolve: async () => ['127.0.0.1'], timeoutMilliseconds: 300 });
    expect(open.receiver.received).toHaveLength(1);
    const { webhook, deliveries } = await open.read(id);
    expect(deliveries[0]?.last?.problem).toBe('Nobody answered within the time limit.');
    expect(webhook.pausedUntil).not.toBe(null);
  });

  it('that hangs holds up no other', async () => {
    await open.add('/slow');
    await open.add('/quick');
    const held: (() => void)[] = [];
    open.receiver.answers.set('/slow', (_request, response) =>
      held.push(() => response.writeHead(204).end()),
    );
    await open.waits();
    const deliverer = openDeliverer(open.portal, () => 0);
    await deliverer.run();
    await expect.poll(() => open.receiver.of('/quick').length).toBe(1);
    await open.waits();
    await expect
      .poll(async () => {
        await deliverer.run();
        return open.receiver.of('/quick').length;
      })
      .toBe(2);
    open.receiver.answers.clear();
    for (const answer of held) answer();
    await deliverer.settled();
    expect(open.receiver.of('/slow').length).toBeLessThanOrEqual(2);
  });

  it.each([500, 410, 204] as const)(
    'that is disabled while a message is under way stays as it was left, answers it with %s or not',
    async (status) => {
      const { id } = await open.add('/a');
      const held: (() => void)[] = [];
      open.receiver.answers.set('/a', (_request, response) =>
        held.push(() => response.writeHead(status).end()),
      );
      await open.waits();
      const deliverer = openDeliverer(open.portal, () => 0);
      await deliverer.run();
      await expect.poll(() => held.length).toBe(1);
      await disableWebhook({ ctx: open.team(), input: { project, id } });
      for (const answer of held) answer();
      await deliverer.settled();
      const state = status === 204 ? 'delivered' : 'stopped';
      expect(await open.last(id)).toMatchObject({ state, attempts: 1, nextAt: null, last: { status } });
      expect((await open.read(id)).webhook.disabled?.why).toBe('Somebody on the team disabled it.');
      expect((await open.notices.messages()).filter(({ path }) => path.endsWith(id))).toEqual([]);
      open.receiver.answers.clear();
      await enableWebhook({ ctx: open.team(), input: { project, id } });
      await open.waits();
      open.notices.pass(60);
      await open.deliver();
      expect(open.receiver.received).toHaveLength(2);
    },
  );

  it('whose message is to be sent again while it is under way is sent it again at once', async () => {
    const { id } = await open.add('/a');
    const held: (() => void)[] = [];
    open.receiver.answers.set('/a', (_request, response) => held.push(() => response.writeHead(500).end()));
    await open.waits();
    const deliverer = openDeliverer(open.portal, () => 0);
    await deliverer.run();
    await expect.poll(() => held.length).toBe(1);
    open.notices.pass(1);
    const { deliveries } = await open.read(id);
    for (const { id: delivery } of deliveries)
      await repeatDelivery({ ctx: open.team(), input: { project, id, delivery } });
    open.receiver.answers.clear();
    for (const answer of held) answer();
    await deliverer.settled();
    await open.deliver();
    expect(open.receiver.received).toHaveLength(2);
    expect(await open.last(id)).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('is sent what a portal left behind that died in its turn', async () => {
    const { id } = await open.add('/a');
    await open.waits();
    await open.notices.owner.query(`UPDATE portal.webhook SET turn = gen_random_uuid(), turn_until = $1`, [
      new Date(open.portal.now().getTime() + 60_000),
    ]);
    await open.deliver();
    expect(open.receiver.received).toHaveLength(0);
    open.notices.pass(2);
    await open.deliver();
    expect(await open.last(id)).toMatchObject({ state: 'delivered' });
  });
});
