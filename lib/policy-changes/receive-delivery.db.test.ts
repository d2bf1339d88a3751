import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { deliver, startGitHub, type GitHubFake } from '../../dev/github/index.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { OpenPortal } from '../platform/portal/open.ts';
import { receiveDelivery } from './index.ts';

const secret = 'a webhook secret of some length';
const file = 'projects/widget/policies/release-signing.yaml';

describe('deliveries of GitHub’s webhook', () => {
  let fake: GitHubFake;
  let portal: OpenPortal;
  let ownerUrl: string;
  let release: () => Promise<void>;
  beforeEach(async () => {
    const urls = await testDatabase();
    ownerUrl = urls.owner;
    const work = await testFolder('deliveries');
    fake = await startGitHub({ files: { 'foundation.yaml': 'name: Example\n', [file]: 'quorum: 1\n' } });
    const inside = (name: string): string => join(work.folder, name);
    writeFileSync(inside('key'), fake.privateKey);
    writeFileSync(inside('secret'), `${secret}\n`);
    const { owner, name, repositoryId, appId, installationId } = fake.facts;
    const config = parsePortalConfig(
      stringify({
        databaseUrl: urls.portal,
        artifactStore: 'artifacts',
        policyRepository: { url: work.folder, cloneDir: 'portal.git' },
        policyHost: {
          github: {
            owner,
            name,
            id: String(repositoryId),
            appId,
            installationId,
            apiUrl: fake.url,
            privateKeyFile: 'key',
            webhookSecretFile: 'secret',
          },
        },
        publicUrl: 'http://127.0.0.1:4400',
        keysDir: 'keys',
        auth: { secretFile: 'session' },
        upload: { sizeBytesMax: 1024 },
      }),
      work.folder,
    );
    portal = patientContext(openPortal(config));
    release = async () => {
      await portal.close();
      await fake.stop();
      expect(fake.misfits).toEqual([]);
      await work.release();
      await urls.release();
    };
  });
  afterEach(() => release());

  const receive = (delivery: ReturnType<typeof deliver>) =>
    receiveDelivery({
      ctx: portal,
      input: { headers: new Headers({ ...delivery.headers }), body: delivery.body },
    });
  const push = (text: string) => {
    fake.people.push({ branch: 'change', changes: { [file]: text } });
    const event = fake.events.at(-1);
    if (event === undefined) throw new Error('the fake told of nothing');
    return event;
  };

  it('are processed once, however often and however close together they arrive', async () => {
    const delivery = deliver(push('quorum: 2\n'), secret);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => receive(delivery)));
    expect(outcomes.sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'fresh']);
  });

  it('are compared with one another one at a time', async () => {
    await receive(deliver(push('quorum: 2\n'), secret));
    const delivery = deliver(push('quorum: 3\n'), secret);
    const held = { lock: 'SELECT 1 FROM portal.webhook_state FOR UPDATE' };
    const ended = await behindLock(ownerUrl, held, ...[1, 2].map(() => () => receive(delivery)));
    const outcomes = ended.map((result) => (result.status === 'fulfilled' ? result.value : result.status));
    expect(outcomes.sort()).toEqual(['duplicate', 'fresh']);
  });

  it('that are older than what is known change nothing', async () => {
    const first = push('quorum: 2\n');
    fake.state.aheadSeconds = 60;
    const second = push('quorum: 3\n');
    expect(await receive(deliver(second, secret))).toBe('fresh');
    expect(await receive(deliver(first, secret))).toBe('stale');
  });

  it('with a wrong signature, or none, are not processed', async () => {
    const event = push('quorum: 2\n');
    await expect(receive(deliver(event, 'another secret of some length'))).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    const { body, headers } = deliver(event, secret);
    const { 'X-Hub-Signature-256': _gone, ...unsigned } = headers;
    await expect(receive({ body, headers: unsigned })).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' });
    expect(await portal.db.webhookState.count()).toBe(0);
  });

  it('of another repository are ignored', async () => {
    const event = push('quorum: 2\n');
    const foreign = { ...event, payload: { ...event.payload, repository: { id: 5, pushed_at: 1 } } };
    expect(await receive(deliver(foreign, secret))).toBe('other-repository');
  });

  it('are refused if no secret is configured', async () => {
    const { policyHost: _gone, ...config } = portal.config;
    const delivery = deliver(push('quorum: 2\n'), secret);
    const input = { headers: new Headers({ ...delivery.headers }), body: delivery.body };
    expect(await receiveDelivery({ ctx: { ...portal, config }, input })).toBeNull();
  });
});
