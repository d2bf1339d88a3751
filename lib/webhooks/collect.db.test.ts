import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/json/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { certificateRevoked, policyAccepted } from '#core/wire/journal/index.ts';
import { readWebhookBody } from '#core/wire/webhook/index.ts';
import { entryOf } from '../../dev/seed/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  collectDelays,
  collectWebhookEvents,
  disableWebhook,
  enableWebhook,
  removeWebhook,
} from './index.ts';
import { openWebhooks, project as slug } from './open-webhooks.fixture.ts';
import { isSignedBy } from './receiver.fixture.ts';

let open: Awaited<ReturnType<typeof openWebhooks>>;
beforeAll(async () => {
  open = await openWebhooks();
});
beforeEach(() => open.clear());
afterAll(() => open.close());

/** Entries that are of no request. */
async function write(entries: readonly (readonly [kind: string, body: unknown])[]): Promise<void> {
  for (const [kind, body] of entries) {
    await open.notices.owner.query(
      `INSERT INTO signer.journal (seq, at, kind, body, previous_hash, entry_hash)
       SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, repeat('0', 64), $4 FROM signer.journal`,
      [
        open.portal.now(),
        kind,
        typeof body === 'string' ? body : canonicalJson(body as JsonValue),
        randomUUID(),
      ],
    );
  }
}

describe('what happens to a request', () => {
  it('is told once, signed, with what the contract says', async () => {
    const { id, secret } = await open.add('/a');
    const request = await open.waits();
    await open.notices.waits(request);
    await Promise.all([collectWebhookEvents(open.portal), collectWebhookEvents(open.portal)]);
    await Promise.all([open.deliver(), open.deliver()]);
    expect(open.receiver.received).toHaveLength(1);
    const [message] = open.receiver.received;
    if (message === undefined || secret === null) throw new Error('no message');
    expect(isSignedBy(secret, message)).toBe(true);
    expect(readWebhookBody(message.body)).toMatchObject({
      type: 'request.waiting',
      data: { project: slug, request, approvalsNeeded: 2, artifact: { name: 'widget.zip' } },
    });
    expect(await open.last(id)).toMatchObject({
      state: 'delivered',
      attempts: 1,
      nextAt: null,
      last: { status: 204 },
    });
  });

  it('is told of all that is selected, and of nothing else', async () => {
    await open.add('/all');
    await open.add('/some', { events: ['request.denied'], format: 'slack' });
    const [released, denied, failed] = [
      await open.notices.ask(),
      await open.notices.ask(),
      await open.notices.ask(),
    ];
    await open.notices.isReleased(released);
    await open.notices.isDenied(denied, []);
    await open.notices.hasFailed(failed);
    await collectWebhookEvents(open.portal);
    const late = await open.notices.ask();
    await open.notices.isDelayed(late, 31);
    await collectDelays(open.portal);
    await collectDelays(open.portal);
    await open.deliver();
    const types = (path: string) => open.receiver.of(path).map(({ body }) => body);
    expect(types('/all').map((body) => readWebhookBody(body).type)).toEqual([
      'request.completed',
      'request.denied',
      'request.failed',
      'request.delayed',
    ]);
    expect(types('/some').map((body) => JSON.parse(body) as unknown)).toEqual([
      {
        text: expect.stringMatching(
          /^zip-demo: widget\.zip was refused\n.*\n<https:\/\/a\.example\/requests\//,
        ) as string,
      },
    ]);
  });

  it('isn’t told to a webhook that the team disables or removes at that moment, nor later', async () => {
    const [stays, disabled, removed] = [await open.add('/a'), await open.add('/b'), await open.add('/c')];
    const request = await open.notices.ask();
    await open.notices.waits(request);
    const input = (id: string) => ({ ctx: open.team(), input: { project: slug, id } });
    // Both happen after it was asked which webhooks there are, and before the messages are written.
    const db = new Proxy(open.portal.db, {
      get: (target, name, self) =>
        name === '$transaction'
          ? async (...work: readonly unknown[]) => {
              await disableWebhook(input(disabled.id));
              await removeWebhook(input(removed.id));
              const transact = Reflect.get(target, name) as (...all: readonly unknown[]) => unknown;
              return Reflect.apply(transact, target, work);
            }
          : (Reflect.get(target, name, self) as unknown),
    });
    expect(await collectWebhookEvents({ ...open.portal, db })).toEqual([]);
    await enableWebhook(input(disabled.id));
    await open.deliver();
    expect(open.receiver.received.map(({ path }) => path)).toEqual(['/a']);
    expect(await open.last(stays.id)).toMatchObject({ state: 'delivered' });
    expect(await open.last(disabled.id)).toBeUndefined();
  });

  it('is told of revocations of the project’s certificates and of changes of its policy', async () => {
    await open.add('/a');
    const commit = '5'.repeat(40);
    const trees = {
      ...open.portal,
      policies: {
        ...open.portal.policies,
        treesOf: async (_commits: unknown, path: string) => (path.endsWith(slug) ? ['a', 'b'] : ['a', 'a']),
      },
    } as unknown as Context;
    const revoked = (of: string, serial: string) =>
      entryOf(
        certificateRevoked({
          serial,
          project: of,
          certificate: 'release',
          reason: 'privilegeWithdrawn',
          effectiveAt: '2026-11-20T00:00:00.000Z',
          learnedAt: '2026-11-27T00:00:00.000Z',
          policyCommit: null,
          signer: 'one',
        } as never),
      );
    await write([
      revoked(slug, '5a3c01'),
      revoked(slug, '5a3c01'),
      revoked('esbuild-demo', '5a3c02'),
      entryOf(policyAccepted({ commit, parent: '4'.repeat(40), signers: [] })),
    ]);
    expect(await collectWebhookEvents(trees)).toEqual([]);
    await open.deliver();
    expect(open.receiver.received.map(({ body }) => readWebhookBody(body))).toMatchObject([
      {
        type: 'certificate.revoked',
        data: { serial: '5a3c01', url: 'https://a.example/revocations/5a3c01' },
      },
      { type: 'policy.accepted', data: { commit, previous: '4'.repeat(40) } },
    ]);
  });
});
