import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secondaryLimit } from '../../../dev/github/index.ts';
import { openPublishApp } from './index.ts';
import type { PublishAppErrorCode } from './index.ts';
import { openPublishFake } from './on-fake.fixture.ts';
import type { PublishFake } from './on-fake.fixture.ts';

const widget = { installationId: '7000500', repositoryId: '500' };
const coded = (code: PublishAppErrorCode) => expect.objectContaining({ code }) as unknown;

let open: PublishFake;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-app-'));
  open = await openPublishFake(folder);
  open.fake.publishing.add(500, 'acme/widget', 7_000_500);
  open.fake.publishing.add(501, 'acme/other', 7_000_501);
  open.fake.publishing.wait(500, 9001, 'release');
});
afterEach(async () => {
  expect(open.fake.misfits).toEqual([]);
  await open.fake.stop();
  rmSync(folder, { recursive: true });
});

const answer = (state: 'approved' | 'rejected' | null, environment = 'release', runId = '9001') =>
  open.app.answer(widget, { runId, environment, state, comment: 'Waits for approval.' });

describe('a run', () => {
  it('is found with its attempt and what waits, by the repository’s id, whatever its name is now', async () => {
    expect(await open.app.findRun(widget, '9001')).toEqual({ attempt: 1, environments: ['release'] });
    const repository = open.fake.publishing.repositories.get(500);
    if (repository === undefined) throw new Error('no repository');
    repository.name = 'renamed';
    expect(await open.app.findRun(widget, '9001')).toEqual({ attempt: 1, environments: ['release'] });
    expect(await open.app.waitingRuns(widget)).toEqual(['9001']);
  });

  it('of another repository isn’t found, and an installation without the repository gets no token', async () => {
    expect(await open.app.findRun({ ...widget, installationId: '7000500' }, '9002')).toBe(null);
    const other = { installationId: '7000501', repositoryId: '501' };
    expect(await open.app.findRun(other, '9001')).toBe(null);
    await expect(
      open.app.findRun({ installationId: '7000501', repositoryId: '500' }, '9001'),
    ).rejects.toEqual(coded('NOT_INSTALLED'));
  });

  it('is answered once, with any number of comments before', async () => {
    await answer(null);
    await answer('approved');
    expect(open.fake.publishing.runs.get(9001)?.said.map(({ state }) => state)).toEqual([null, 'approved']);
    await expect(answer('approved')).rejects.toEqual(coded('NOT_TAKEN'));
    expect((await open.app.findRun(widget, '9001'))?.environments).toEqual([]);
  });

  it('whose rule is another app’s takes no answer', async () => {
    open.fake.publishing.wait(500, 9003, 'release', 'another');
    await expect(answer('approved', 'release', '9003')).rejects.toEqual(coded('NOT_TAKEN'));
  });
});

describe('a host that', () => {
  it('forgot the token is asked for another one', async () => {
    await answer(null);
    open.fake.publishing.tokens.clear();
    open.fake.inject({ path: /installation.repositories/, mishap: { kind: 'status', status: 401 } });
    await answer('approved');
    expect(open.fake.publishing.runs.get(9001)?.said).toHaveLength(2);
  });

  it.each<readonly [string, Parameters<PublishFake['fake']['inject']>[0]['mishap'], PublishAppErrorCode]>([
    ['limits', secondaryLimit(90), 'RATE_LIMITED'],
    ['is down', { kind: 'status', status: 503 }, 'UNAVAILABLE'],
    ['answers half of it', { kind: 'halved' }, 'UNAVAILABLE'],
    ['leaves a field out', { kind: 'without', field: 'run_attempt' }, 'UNAVAILABLE'],
  ])('%s says nothing about a run', async (_name, mishap, code) => {
    open.fake.inject({ path: /runs.9001$/, times: 5, mishap });
    await expect(open.app.findRun(widget, '9001')).rejects.toEqual(coded(code));
  });
});

describe('deliveries that nobody took', () => {
  it('are found, delivered again, and given up after three more', async () => {
    await open.fake.publishing.ask(9001, 'release');
    for (let again = 0; again < 3; again += 1) {
      const [lost] = await open.app.lostDeliveries();
      if (lost === undefined) throw new Error('none is lost');
      await open.app.redeliver(lost.id);
      await expect.poll(() => open.fake.publishing.deliveries.length).toBe(again + 2);
    }
    expect(new Set(open.fake.publishing.deliveries.map(({ guid }) => guid)).size).toBe(1);
    expect(await open.app.lostDeliveries()).toEqual([]);
  });
});

it('is installed where it is, and nowhere else', async () => {
  expect(await open.app.findInstallation({ id: '500', path: 'acme/widget' })).toEqual(widget);
  expect(await open.app.findInstallation({ id: '5', path: 'acme/none' })).toBe(null);
});

it('is none where the configuration names none', () => {
  expect(openPublishApp({ config: {} })).toBe(null);
});
