/** A project whose team has webhooks, a receiver, and requests that the test moves on as the signer would. For tests. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { webhookEventTypes } from '#core/wire/webhook/index.ts';
import { testFolder } from '../../dev/test/index.ts';
import { personOfAccount } from '../platform/auth/index.ts';
import { openPoster } from '../platform/page-fetch/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { accounts, openNotices, project as slug } from '../request-notices/open-notices.fixture.ts';
import { collectWebhookEvents, createWebhook, openDeliverer, readWebhook, testWebhook } from './index.ts';
import type { CreatedWebhook, ListedDelivery, WebhookDetail } from './index.ts';
import { openReceiver } from './receiver.fixture.ts';

export const project = parseProjectSlug(slug);
export const maker = accounts.maintainer;

/** Of the build system that the seed's policies name. */
export const developmentIssuer = 'https://token.development-build-system.example';

export async function openWebhooks() {
  const [notices, receiver, folder] = await Promise.all([
    openNotices(),
    openReceiver(),
    testFolder('webhooks'),
  ]);
  const secretFile = join(folder.folder, 'secret');
  writeFileSync(secretFile, 's'.repeat(40));
  const publishing = { hosts: [{ issuer: developmentIssuer, apiUrl: receiver.origin }] };
  const portal = {
    ...notices.ctx,
    config: {
      ...notices.ctx.config,
      auth: { secretFile, development: true },
      publishing,
    },
    poster: openPoster({ allowLoopback: true, timeoutMilliseconds: 120_000 }),
  } as unknown as Context;
  const as = (account: string): Context => {
    const actor = personOfAccount(notices.snapshot(), onGitHub(account), false);
    if (actor === null) throw new Error('no such person');
    return { ...portal, actor };
  };
  const team = (): Context => as(maker);
  const read = async (id: string): Promise<WebhookDetail> => {
    const detail = await readWebhook({ ctx: team(), input: { project, id } });
    if (detail === null) throw new Error('no such webhook');
    return detail;
  };
  return {
    notices,
    receiver,
    portal,
    publishing,
    folder: folder.folder,
    as,
    team,
    add: (path: string, more: object = {}, ctx = team()): Promise<CreatedWebhook> =>
      createWebhook({
        ctx,
        input: {
          project,
          url: `${receiver.origin}${path}`,
          format: 'standard',
          events: webhookEventTypes,
          id: randomUUID(),
          ...more,
        },
      }),
    /** Delivers what is due, and what becomes due by that. → what went wrong. */
    async deliver(): Promise<readonly string[]> {
      const deliverer = openDeliverer(portal, () => 0);
      const problems = [...(await deliverer.run())];
      await deliverer.settled();
      problems.push(...(await deliverer.run()));
      await deliverer.settled();
      return problems;
    },
    read,
    last: async (id: string): Promise<ListedDelivery | undefined> => (await read(id)).deliveries[0],
    test: (id: string): Promise<void> =>
      testWebhook({ ctx: team(), input: { project, id, once: randomUUID() } }),
    /** A request that waits for approval, and is told of. */
    async waits(): Promise<RequestId> {
      const id = await notices.ask();
      await notices.waits(id);
      await collectWebhookEvents(portal);
      return id;
    },
    async clear(): Promise<void> {
      await notices.clear();
      await notices.owner.query('TRUNCATE portal.webhook, portal.webhook_delivery');
      await notices.accept({});
      // What earlier tests wrote is read: the journal can't be emptied.
      await collectWebhookEvents(portal);
      receiver.received.length = 0;
      receiver.answers.clear();
    },
    async close(): Promise<void> {
      await Promise.all([notices.close(), receiver.close(), folder.release()]);
    },
  };
}
