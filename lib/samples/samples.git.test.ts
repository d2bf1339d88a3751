/** Who may drop what, who may see it, and when it is gone. What the signer says of a sample is in signer/daemon/samples. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { SampleOutcome } from '#core/wire/sample/index.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import { readDraft } from '../policy-changes/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  countLimits,
  draftFromSample,
  dropSample,
  listSamples,
  readSample,
  readSampleLevel,
  removeSampleFiles,
} from './index.ts';

const project = parseProjectSlug('esbuild-demo');
let on: Awaited<ReturnType<typeof openFoundation>>;
let owner: pg.Client;
let clock = Date.now();
beforeAll(async () => {
  on = await openFoundation();
  owner = new pg.Client({ connectionString: on.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  await owner.query('TRUNCATE portal.sample, portal.upload, signer.sample_result, signer.sample_entry');
  await owner.query(`DELETE FROM signer.signer_health WHERE component = 'limits'`);
  clock = Date.now();
});
afterAll(async () => {
  await owner.end();
  await on.release();
});

const at = (ctx: Context): Context => ({ ...ctx, now: () => new Date(clock) });
const author = async () => at(await on.as('demo-maintainer'));
const account = (id: string): Context =>
  at({
    ...on.public,
    actor: {
      kind: 'account',
      identity: { host: 'github', id, login: `user-${id}` },
      name: 'Somebody',
      development: false,
    },
  } as Context);

interface Sent {
  readonly text?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly project?: typeof project | null;
  readonly announced?: number | null;
}
const drop = (ctx: Context, { text = 'bytes', ...sent }: Sent = {}) =>
  dropSample({
    ctx,
    input: {
      project: sent.project === undefined ? project : sent.project,
      configuration: parsePolicySlug('windows-package'),
      parameters: sent.parameters ?? {},
      name: 'widget.zip',
      stream: (async function* () {
        yield await Promise.resolve(new TextEncoder().encode(text));
      })(),
      sizeBytesExpected: sent.announced === undefined ? text.length : sent.announced,
    },
  });

const outcome: SampleOutcome = {
  version: 1,
  tree: { nodes: 1, kept: 1, files: 1, toBeSigned: 1, notSeen: 0 },
  suggestion: { text: 'kind: ArtifactConfiguration\n', reasonsToWrite: 0 },
  nothing: null,
  refused: { findings: [], findingCount: 0 },
  order: [],
  stepCount: 0,
  against: null,
};

async function looked(id: string): Promise<void> {
  await owner.query(
    `INSERT INTO signer.sample_result (sample_id, turn, state, attempts, started_at, leased_until, finished_at, outcome)
     VALUES ($1, '', 'done', 1, now(), now(), now(), $2)`,
    [id, JSON.stringify(outcome)],
  );
  await owner.query(
    `INSERT INTO signer.sample_entry (sample_id, position, last, name, path, below)
     VALUES ($1, 0, 0, '', '', '{"files":0,"toBeSigned":0,"notSeen":0,"unexpected":0,"infected":0,"notScanned":0}')`,
    [id],
  );
}

describe('a sample', () => {
  it('keeps values for the configuration that it is held against, and refuses what can be none', async () => {
    const ctx = await author();
    const id = await drop(ctx, { parameters: { version: '1.4' } });
    const { rows } = await owner.query('SELECT parameters FROM portal.sample WHERE id = $1', [id]);
    expect(rows).toEqual([{ parameters: { version: '1.4' } }]);
    await expect(drop(ctx, { parameters: { version: '*' } })).rejects.toMatchObject({
      code: 'PARAMETERS_INVALID',
    });
  });

  it('is seen by who dropped it and by the project’s team, and by nobody else; without a project, by nobody but them', async () => {
    const ctx = await author();
    const [teams, own] = [await drop(ctx), await drop(ctx, { project: null })];
    await looked(teams);
    const seen = async (by: Context) => {
      const found = [
        await readSample({ ctx: by, input: { id: teams } }),
        await readSample({ ctx: by, input: { id: own } }),
      ];
      return [...found.map((one) => one?.stands.state ?? null), (await listSamples({ ctx: by })).length];
    };
    expect(await seen(ctx)).toEqual(['done', 'waiting', 2]);
    expect(await seen(at(await on.as('demo-approver')))).toEqual(['done', null, 1]);
    expect(await seen(account('1'))).toEqual([null, null, 0]);
    expect(await seen(at(on.public))).toEqual([null, null, 0]);
    const sample = await readSample({ ctx, input: { id: teams } });
    if (sample === null) throw new Error('it was there');
    expect((await readSampleLevel({ ctx, input: { sample, at: 0 } }))?.at.position).toBe(0);
    expect(await readSample({ ctx, input: { id: 'no-id' } })).toBeNull();
  });

  it('is for teams, and for applicants until they are refused; for a project, for its team alone', async () => {
    const [one, other] = [account('77'), account('78')];
    await expect(drop(one, { project: null })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(drop(one)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(drop(at(on.public), { project: null })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const ctx = await author();
    await expect(drop(ctx, { project: parseProjectSlug('no-such') })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    for (const [id, status] of [
      ['77', 'draft'],
      ['78', 'rejected'],
    ])
      await on.portal.db.application.create({
        data: {
          applicantHost: 'github',
          applicantId: id ?? '',
          applicantName: 'Somebody',
          status: status ?? '',
          answers: {},
          suggestions: {},
          createdAt: new Date(),
          updatedAt: new Date(),
        } as never,
      });
    await expect(drop(one, { project: null })).resolves.toMatch(/^[0-9a-f-]{36}$/);
    await expect(drop(other, { project: null })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await on.portal.db.upload.count({ where: { owner: { startsWith: 'sample:' } } })).toBe(1);
  });

  it('is refused above what the signer says, unread where that was announced; the refusal names both sizes', async () => {
    await owner.query(
      `INSERT INTO signer.signer_health (signer_id, component, state, detail, measures, checked_at)
       VALUES ('one', 'limits', 'ok', '', $1, now())`,
      [
        JSON.stringify({
          artifact_bytes: 100,
          sample_bytes: 10,
          files: 1,
          file_bytes: 1,
          unpacked_bytes: 1,
          ratio: 1,
          depth: 1,
          scanned_file_bytes: 1,
        }),
      ],
    );
    const ctx = await author();
    const text = 'x'.repeat(11);
    await expect(drop(ctx, { text })).rejects.toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
      message: expect.stringMatching(/11 bytes.* 10/) as unknown,
    });
    await expect(drop(ctx, { text, announced: null })).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
    await expect(drop(ctx, { text: 'x'.repeat(10) })).resolves.toBeTypeOf('string');
    expect(await on.portal.db.sample.count()).toBe(1);
  });

  it('waits with few others; those that were looked at wait no more, and a day has an end', async () => {
    const ctx = await author();
    const ids: string[] = [];
    for (let at = 0; at < countLimits.person.waiting; at += 1) ids.push(await drop(ctx, { project: null }));
    await expect(drop(ctx, { project: null })).rejects.toMatchObject({ code: 'SAMPLES_WAITING' });
    await looked(ids[0] ?? '');
    await expect(drop(ctx, { project: null })).resolves.toBeTypeOf('string');
    await owner.query(
      `INSERT INTO portal.sample (id, owner, sha256, name, size_bytes, at)
       SELECT gen_random_uuid(), owner, sha256, name, 1, now() FROM portal.sample, generate_series(1, $1) LIMIT $1`,
      [countLimits.person.day],
    );
    await owner.query(
      `INSERT INTO signer.sample_result (sample_id, turn, state, attempts, started_at, leased_until)
       SELECT id, '', 'done', 1, now(), now() FROM portal.sample ON CONFLICT DO NOTHING`,
    );
    await expect(drop(ctx, { project: null })).rejects.toMatchObject({
      code: 'SAMPLES_WAITING',
      message: expect.stringContaining('24 hours') as unknown,
    });
  });

  it('loses its bytes once it was looked at, and after a day in any case; what others uploaded stays', async () => {
    const ctx = await author();
    const [done, waiting] = [await drop(ctx, { text: 'one' }), await drop(ctx, { text: 'two' })];
    await looked(done);
    const isThere = async (id: string) => {
      const { rows } = await owner.query<{ sha256: string }>(
        'SELECT sha256 FROM portal.sample WHERE id = $1',
        [id],
      );
      return (await on.portal.store.open((rows[0]?.sha256 ?? '') as never)) !== null;
    };
    clock += 120_000;
    expect(await removeSampleFiles(ctx)).toEqual([]);
    expect([await isThere(done), await isThere(waiting)]).toEqual([false, true]);
    const shared = await drop(ctx, { text: 'three' });
    await owner.query(
      `INSERT INTO portal.upload (id, sha256, owner, size_bytes, at, is_stored)
       SELECT $2, sha256, 'zip-demo', 1, now(), true FROM portal.sample WHERE id = $1`,
      [shared, randomUUID()],
    );
    clock += 25 * 3_600_000;
    expect(await removeSampleFiles(ctx)).toEqual([]);
    expect([await isThere(waiting), await isThere(shared)]).toEqual([false, true]);
    expect(await readSample({ ctx, input: { id: shared } })).toBeNull();
  });

  it('becomes a draft of a change, of its project; a name that can’t be one is said at its field', async () => {
    const ctx = await author();
    const id = await drop(ctx);
    const draft = (name: string) => draftFromSample({ ctx, input: { id, name } });
    await expect(draft('package')).rejects.toMatchObject({ code: 'UNKNOWN_SAMPLE' });
    await looked(id);
    await expect(draft('../x')).rejects.toMatchObject({ fields: [{ field: 'name' }] });
    const saved = await readDraft({ ctx, input: { id: await draft('package') } });
    expect(saved).toMatchObject({ path: 'projects/esbuild-demo/artifacts/package.yaml', number: null });
    expect(saved?.values.get('content')).toEqual([outcome.suggestion?.text]);
    const own = await drop(ctx, { project: null });
    await looked(own);
    await expect(draftFromSample({ ctx, input: { id: own, name: 'package' } })).rejects.toMatchObject({
      code: 'UNKNOWN_PROJECT',
    });
    const stranger = account('5');
    await expect(draftFromSample({ ctx: stranger, input: { id, name: 'package' } })).rejects.toMatchObject({
      code: 'UNKNOWN_SAMPLE',
    });
  });
});
