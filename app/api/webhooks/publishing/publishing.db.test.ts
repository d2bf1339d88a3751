import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../../../../dev/test/index.ts';
import { answerFrom } from '../../../../lib/platform/portal/current.fixture.ts';
import type { Portal } from '../../../../lib/platform/portal/index.ts';
import { openPublishApp } from '../../../../lib/platform/publish-app/index.ts';
import { openPublishFake } from '../../../../lib/platform/publish-app/on-fake.fixture.ts';
import {
  findWaitingJobs,
  followPublishJobs,
  listPublishJobs,
  redeliverLost,
} from '../../../../lib/publish-jobs/index.ts';
import { openNotices, policyFile, project } from '../../../../lib/request-notices/open-notices.fixture.ts';
import { openDeliverer } from '../../../../lib/webhooks/index.ts';
import { seed } from '#core/policy/plan/snapshots.fixture.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import { POST } from './route.ts';

const repositoryId = 900_100_300;
const path = 'countersign-demo/portable-tools';
const build = (run: number, attempt = 1) =>
  `build:github/${repositoryId}/${run}/${attempt} by person:demo-reviewer`;
const policy = decode(seed.get(policyFile) ?? new Uint8Array());
const named = { [policyFile]: `${policy}publish: {environment: release}\n` };

let notices: Awaited<ReturnType<typeof openNotices>>;
let host: Awaited<ReturnType<typeof openPublishFake>>;
let folder: Awaited<ReturnType<typeof testFolder>>;
let portal: Portal;
let runId = 9_000;
const server = createServer((request, response) => {
  void (async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.entries(request.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    );
    const answer = await POST(
      new Request('http://portal.example/', { method: 'POST', headers, body: Buffer.concat(chunks) }),
    );
    response.writeHead(answer.status).end(await answer.text());
  })();
});

beforeAll(async () => {
  [notices, folder] = await Promise.all([openNotices(), testFolder('publishing')]);
  host = await openPublishFake(folder.folder);
  host.fake.publishing.add(repositoryId, path);
  writeFileSync(join(folder.folder, 'secret'), 's'.repeat(40));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  restart();
});
beforeEach(async () => {
  await notices.clear();
  await notices.owner.query('TRUNCATE portal.publish_job, portal.webhook, portal.webhook_delivery');
  await notices.accept(named);
  host.fake.publishing.add(repositoryId, path);
  host.fake.publishing.hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  host.fake.publishing.runs.clear();
  host.fake.publishing.deliveries.length = 0;
  runId += 1;
});
afterAll(async () => {
  expect(host.fake.misfits).toEqual([]);
  server.closeAllConnections();
  server.close();
  await Promise.all([notices.close(), host.fake.stop(), folder.release()]);
});

/** Another process, which remembers nothing. */
function restart(): void {
  const timing = {
    secondMilliseconds: 5,
    paced: false,
    timeoutMilliseconds: 60_000,
    retries: 1,
    now: notices.ctx.now,
  };
  portal = {
    ...notices.ctx,
    config: {
      ...notices.ctx.config,
      auth: { secretFile: join(folder.folder, 'secret'), development: true },
      publishing: host.publishing,
    },
    publishApp: openPublishApp({ config: { publishing: host.publishing } as never, timing }),
  } as unknown as Portal;
  answerFrom(portal);
}

const wait = (environment = 'release') => host.fake.publishing.wait(repositoryId, runId, environment);
const ask = (environment = 'release', changes: object = {}) =>
  host.fake.publishing.ask(runId, environment, changes);
const said = () => host.fake.publishing.runs.get(runId)?.said ?? [];

/** What the portal does every few seconds. */
async function pass(): Promise<void> {
  expect(await followPublishJobs(portal, () => 0)).toEqual([]);
  const deliverer = openDeliverer(portal, () => 0);
  for (let message = 0; message < 4; message += 1) {
    expect(await deliverer.run()).toEqual([]);
    await deliverer.settled();
  }
}

const submit = (name = 'widget.zip', attempt = 1) => notices.ask(name, build(runId, attempt));
const job = async () =>
  (await listPublishJobs({ ctx: portal, input: { project, submittedBy: build(runId) } }))[0];

describe('a job that publishes', () => {
  it('waits, says what for, and starts when the file is released, over restarts of the portal', async () => {
    wait();
    expect(await ask()).toBe(202);
    restart();
    await pass();
    expect(said()).toMatchObject([{ state: null, comment: 'Its run has submitted nothing yet.' }]);
    const request = await submit();
    await pass();
    await notices.waits(request);
    restart();
    await pass();
    await pass();
    expect(said().map(({ state }) => state)).toEqual([null, null, null]);
    expect(said()[2]?.comment).toContain(`/requests/${request}`);
    expect(await job()).toMatchObject({ state: 'waiting', environment: 'release', attempt: 1 });
    await notices.isReleased(request);
    await pass();
    expect(said()[3]).toMatchObject({ state: 'approved', environment: 'release' });
    expect(said()[3]?.comment).toContain('b'.repeat(64));
    expect(await job()).toMatchObject({ state: 'approved', reason: 'What its run submitted is released.' });
    await pass();
    expect(said()).toHaveLength(4);
  });

  it('is turned away with the signer’s reasons', async () => {
    wait();
    await ask();
    const request = await submit('widget](x).zip');
    await notices.isDenied(request);
    await pass();
    expect(said()).toMatchObject([{ state: 'rejected' }]);
    expect(said()[0]?.comment).toContain('The artifact contains malware.');
    expect(said()[0]?.comment).not.toContain('widget](x)');
  });

  it('waits for every file of its run, and for none of another run or policy', async () => {
    wait();
    await ask();
    const [first, second] = [await submit('a.zip'), await submit('b.zip')];
    await notices.ask('c.zip', build(runId + 1_000));
    const other = await submit('d.zip');
    await notices.owner.query(
      `UPDATE portal.signing_request SET policy_slug = 'test-signing' WHERE id = $1`,
      [other],
    );
    await notices.isReleased(first);
    await pass();
    expect(said().map(({ state }) => state)).toEqual([null]);
    await notices.isReleased(second);
    await pass();
    expect(said().map(({ state }) => state)).toEqual([null, 'approved']);
  });

  it('asks anew when it is run again, and attaches to the same request', async () => {
    wait();
    await ask();
    const request = await submit();
    await notices.isReleased(request);
    await pass();
    host.fake.publishing.again(runId, 'release');
    await ask();
    await pass();
    expect(said()).toMatchObject([{ state: 'approved' }]);
    expect(await job()).toMatchObject({ state: 'approved', attempt: 2 });
  });

  it('starts when another job of the same run and environment has started before it', async () => {
    wait();
    await ask();
    const request = await submit();
    await notices.isReleased(request);
    await pass();
    expect(said().map(({ state }) => state)).toEqual(['approved']);
    notices.pass(1);
    wait();
    await ask();
    await pass();
    expect(said().map(({ state }) => state)).toEqual(['approved', 'approved']);
    expect(await job()).toMatchObject({ state: 'approved', attempt: 1 });
  });

  it('waits for its environment however it is written, as GitHub has one of a name', async () => {
    wait('Release');
    await ask('Release');
    const request = await submit();
    await pass();
    expect(said()).toMatchObject([{ state: null, environment: 'Release' }]);
    await notices.isReleased(request);
    await pass();
    expect(said().at(-1)).toMatchObject({ state: 'approved', environment: 'Release' });
  });

  it('of a project that is gone keeps no other from being judged', async () => {
    wait();
    await ask();
    await submit();
    await pass();
    const gone = Object.fromEntries(
      [...seed.keys()].filter((file) => file.startsWith(`projects/${project}/`)).map((file) => [file, null]),
    );
    await notices.accept(gone);
    await notices.owner.query('UPDATE portal.publish_job SET judged_until = NULL');
    await pass();
    expect(await job()).toMatchObject({
      state: 'ended',
      reason: expect.stringContaining('policy') as unknown,
    });
  });

  it('of a run that submits nothing is turned away after an hour', async () => {
    wait();
    await ask();
    await pass();
    notices.pass(61);
    await pass();
    expect(said().map(({ state }) => state)).toEqual([null, 'rejected']);
  });

  it('of an environment that no policy names is turned away with what to write', async () => {
    wait('staging');
    await ask('staging');
    await pass();
    expect(said()).toMatchObject([{ state: 'rejected', environment: 'staging' }]);
    expect(said()[0]?.comment).toContain('`publish`');
  });

  it('is told once, whichever of two portals decides', async () => {
    wait();
    await ask();
    await submit();
    await Promise.all([followPublishJobs(portal), followPublishJobs(portal)]);
    await Promise.all([pass(), pass()]);
    expect(said()).toHaveLength(1);
  });

  it('that was cancelled, or waits for 30 days, isn’t followed any more', async () => {
    const run = wait();
    await ask();
    await submit();
    await pass();
    run.waiting.clear();
    notices.pass(7 * 60);
    await pass();
    expect(await job()).toMatchObject({ state: 'ended' });
    runId += 1;
    wait();
    await ask();
    await submit();
    await pass();
    notices.pass(30 * 24 * 60);
    await pass();
    expect(await job()).toMatchObject({
      state: 'ended',
      reason: expect.stringContaining('30 days') as unknown,
    });
  });
});

describe('what the host doesn’t let', () => {
  it('isn’t looked at more often than messages are sent, where the app isn’t installed', async () => {
    wait();
    await ask();
    host.fake.publishing.uninstall(repositoryId);
    await pass();
    await pass();
    const asked = (await portal.db.publishJob.findFirstOrThrow()).failures;
    expect(asked).toBe(1);
    expect((await portal.db.publishJob.findFirstOrThrow()).reason).toContain('can’t look');
    host.fake.publishing.add(repositoryId, path);
    notices.pass(1);
    await pass();
    expect(said()).toHaveLength(1);
  });

  it('is shown where another app is the environment’s rule, and tried again', async () => {
    host.fake.publishing.wait(repositoryId, runId, 'release', 'another');
    await ask();
    await pass();
    const [delivery] = await portal.db.webhookDelivery.findMany();
    expect(delivery).toMatchObject({ state: 'waiting', lastStatus: 422 });
    expect(delivery?.lastProblem).toContain('isn’t a protection rule of that environment');
  });

  it('ends with that message, where nobody waits for the answer any more', async () => {
    const run = wait();
    await ask();
    await followPublishJobs(portal);
    run.waiting.clear();
    await pass();
    expect(await portal.db.webhookDelivery.findMany()).toMatchObject([{ state: 'failed', nextAt: null }]);
    expect(await portal.db.webhook.findMany()).toMatchObject([{ disabledAt: null, format: 'rule' }]);
  });
});

describe('a delivery', () => {
  it('with a wrong signature is refused, and a replayed one does nothing', async () => {
    wait();
    await ask();
    const [delivery] = host.fake.publishing.deliveries;
    if (delivery === undefined) throw new Error('no delivery');
    const signature = `sha256=${'0'.repeat(64)}`;
    expect(await host.fake.publishing.send({ ...delivery, signature })).toBe(401);
    await pass();
    expect(await host.fake.publishing.send(delivery)).toBe(200);
    expect(await portal.db.publishJob.findMany()).toMatchObject([{ state: 'waiting' }]);
  });

  it('of a repository that no policy names costs nothing', async () => {
    host.fake.publishing.add(5, 'stranger/fork');
    host.fake.publishing.wait(5, runId, 'release');
    const before = host.fake.log.length;
    expect(await ask()).toBe(200);
    await pass();
    expect(await portal.db.publishJob.count()).toBe(0);
    expect(host.fake.log).toHaveLength(before);
  });

  it('names no host: of the callback’s address nothing but the run is read', async () => {
    wait();
    const at = (host: string, run: string | number) =>
      `https://${host}/repos/${path}/actions/runs/${run}/deployment_protection_rule`;
    expect(await ask('release', { deployment_callback_url: at('evil.example', '1/../2') })).toBe(400);
    expect(await ask('release', { deployment_callback_url: at('evil.example', runId) })).toBe(202);
    await pass();
    expect(said()).toHaveLength(1);
  });

  it('with another repository’s run gets no answer: the host has no such run there', async () => {
    const ours = { repository: { id: repositoryId }, installation: { id: 7_000_000 + repositoryId } };
    host.fake.publishing.add(6, 'stranger/other');
    host.fake.publishing.wait(6, runId, 'release');
    expect(await ask('release', ours)).toBe(202);
    await pass();
    expect(said()).toEqual([]);
    expect(await portal.db.publishJob.findMany()).toMatchObject([{ state: 'ended' }]);
  });

  it('that nobody took is delivered again, and a job that none told of is found', async () => {
    const { hook } = host.fake.publishing;
    host.fake.publishing.hook = null;
    wait();
    expect(await ask()).toBe(0);
    host.fake.publishing.hook = hook;
    expect(await redeliverLost(portal)).toEqual([]);
    await expect.poll(() => host.fake.publishing.deliveries.length).toBe(2);
    expect(host.fake.publishing.deliveries[0]?.status).toBe(202);
    expect(await redeliverLost(portal)).toEqual([]);
    expect(host.fake.publishing.deliveries).toHaveLength(2);
    runId += 1;
    wait();
    expect(await findWaitingJobs(portal, 0)).toEqual({ next: 20, problems: [] });
    expect(await portal.db.publishJob.count({ where: { runId: String(runId) } })).toBe(1);
    await pass();
    expect(said()).toHaveLength(1);
  });
});
