import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startArtifacts, type ArtifactMishap, type ArtifactsFake } from '../../dev/github/index.ts';
import { fetchArtifact } from './fetch.ts';
import { openArtifactService } from './service.ts';

let fake: ArtifactsFake;
let folder: string;
beforeAll(async () => {
  fake = await startArtifacts();
  folder = await mkdtemp(path.join(tmpdir(), 'artifacts-'));
});
afterEach(() => fake.misbehave(null));
afterAll(async () => {
  await fake.stop();
  await rm(folder, { recursive: true });
});

const bytes = Buffer.from('PK, as uploaded');
const fetched = (environment: Record<string, unknown>, by: { id: string } | { name: string }) =>
  fetchArtifact(openArtifactService(environment as Record<string, string>), by, {
    folder,
    signal: new AbortController().signal,
  });

describe('an artifact of this run', () => {
  it('comes byte for byte, by its id or the newest of its name, as a ZIP', async () => {
    const run = fake.startRun();
    const id = run.upload('installer', Buffer.from('older'));
    const newest = run.upload('installer', bytes);
    const byId = await fetched(run, { id: newest });
    expect(path.basename(byId.file)).toBe('installer.zip');
    expect(await readFile(byId.file)).toEqual(bytes);
    expect(await fetched(run, { name: 'installer' })).toMatchObject({ id: newest });
    // Two of one name have one address: the older one can't be had by it, and other bytes aren't taken for it.
    await expect(fetched(run, { id })).rejects.toMatchObject({ code: 'ARTIFACT' });
  });

  it('is the file itself where it was uploaded without an archive', async () => {
    const run = fake.startRun();
    run.upload('widget.msi', bytes, { archive: false });
    const { file } = await fetched(run, { name: 'widget.msi' });
    expect(path.basename(file)).toBe('widget.msi');
    expect(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('isn’t found in another run', async () => {
    const id = fake.startRun().upload('installer', bytes);
    await expect(fetched(fake.startRun(), { id })).rejects.toMatchObject({
      code: 'ARTIFACT',
      message: expect.stringContaining('isn’t an artifact of this run') as string,
    });
  });
});

describe('a service that misbehaves', () => {
  it.each<readonly [ArtifactMishap, RegExp]>([
    ['other-bytes', /isn’t what was uploaded/],
    ['longer', /longer than the service says/],
    ['cut', /can’t be fetched/],
    ['gone', /404: it is gone/],
    ['redirect', /can’t be fetched/],
    ['html', /something else than artifacts/],
    ['endless', /answers without end/],
    ['foreign-address', /something else than artifacts/],
  ])('is refused and named: %s', async (mishap, said) => {
    const run = fake.startRun();
    run.upload('installer', bytes);
    fake.misbehave(mishap);
    await expect(fetched(run, { name: 'installer' })).rejects.toMatchObject({
      name: 'ActionError',
      code: 'ARTIFACT',
      message: expect.stringMatching(said) as string,
    });
  });

  it('is none where the runner has none, or its token names no run', () => {
    expect(() => openArtifactService({})).toThrow(/no service of artifacts/);
    for (const token of [
      'x',
      'a.b.c',
      `a.${Buffer.from('{"scp":"Actions.Results:x"}').toString('base64url')}.c`,
    ])
      expect(() =>
        openArtifactService({ ACTIONS_RESULTS_URL: 'http://127.0.0.1:1', ACTIONS_RUNTIME_TOKEN: token }),
      ).toThrow(/names no run/);
  });
});
