/** Samples from the portal's row to what the portal reads, with a real inspector. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import type { ReportEntry } from '#core/inspection-report/index.ts';
import { artifactFile, base, changed } from '#core/policy/plan/snapshots.fixture.ts';
import { sampleFailureSchema, sampleOutcomeSchema } from '#core/wire/sample/index.ts';
import { objectPath } from '../../../lib/host/object-store/index.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { openArtifactStore } from '../../ground/store/index.ts';
import { openBench, program, sha256, type Bench } from '../../inspector/inspector.fixture.ts';
import { claimSample, forgetSamples } from './claim.ts';
import { openSamples, type SamplePorts, type Samples } from './index.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await mkdir(path.join(bench.folder, 'store'));
});
afterAll(() => bench.close());

let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let portal: Database;
beforeEach(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
  portal = openDatabase(urls.portal, () => undefined);
});
afterEach(async () => {
  await portal.close();
  await database.close();
  await urls.release();
});

const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

interface Dropped {
  readonly bytes?: Uint8Array;
  readonly sha256?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly project?: string | null;
  readonly configuration?: string | null;
  readonly at?: Date;
  readonly parameters?: unknown;
}

async function drop(dropped: Dropped = {}): Promise<string> {
  const id = randomUUID();
  const { bytes, owner = 'person:ada', name = 'widget-1.4.zip' } = dropped;
  if (bytes !== undefined) {
    const place = objectPath(path.join(bench.folder, 'store'), sha256(bytes));
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, bytes);
  }
  await portal.query(
    `INSERT INTO portal.sample (id, owner, project, configuration, sha256, name, size_bytes, at, parameters)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)`,
    [
      id,
      owner,
      dropped.project ?? null,
      dropped.configuration ?? null,
      dropped.sha256 ?? sha256(bytes ?? new Uint8Array()),
      name,
      dropped.at ?? new Date(),
      JSON.stringify(dropped.parameters ?? {}),
    ],
  );
  return id;
}

const artifact = zip([
  { name: 'widget-1.4/widget.exe', content: program },
  { name: 'widget-1.4/readme.md', content: Buffer.from('Hello') },
]);

const opened = (change: Partial<SamplePorts>): Samples =>
  openSamples({
    database,
    inspector: bench.inspector,
    artifacts: openArtifactStore(path.join(bench.folder, 'store')),
    stopped: () => Promise.resolve([]),
    snapshot: () => null,
    limits: { sizeBytesMax: 10_000_000, secondsMax: 60 },
    workDirectory: path.join(bench.folder, 'work'),
    log: { warn: () => undefined, error: () => undefined },
    now: () => new Date(),
    ...change,
  });

async function lookAt(id: string, change: Partial<SamplePorts> = {}) {
  const samples = opened(change);
  try {
    return await expect
      .poll(() => resultOf(id), { timeout: 20_000, interval: 50 })
      .toMatchObject({ finished_at: expect.anything() as unknown })
      .then(() => resultOf(id));
  } finally {
    await samples.stop();
  }
}

async function resultOf(id: string) {
  const [row] = await portal.query('SELECT * FROM signer.sample_result WHERE sample_id = $1', [id]);
  return row as { state: string; outcome: string; finished_at: Date | null } | undefined;
}
const outcomeOf = (row: Awaited<ReturnType<typeof resultOf>>) =>
  sampleOutcomeSchema.parse(JSON.parse(row?.outcome ?? ''));
const failureOf = (row: Awaited<ReturnType<typeof resultOf>>) =>
  sampleFailureSchema.parse(JSON.parse(row?.outcome ?? ''));
const countOf = async (table: string) => (await database.query(`SELECT FROM ${table}`)).length;

describe('a sample', () => {
  it('is told of with its tree and a configuration, and leaves nothing that could become a signature', async () => {
    const id = await drop({ bytes: artifact });
    const outcome = outcomeOf(await lookAt(id));
    expect(outcome.suggestion?.text).toContain("path: 'widget-${version}'");
    expect(outcome.order.map(({ does, path: place }) => [does, ...place])).toEqual([
      ['sign', 'widget-1.4/widget.exe'],
      ['rebuild'],
    ]);
    expect(outcome).toMatchObject({ refused: { findingCount: 0 }, against: null, nothing: null });
    expect(outcome.tree).toMatchObject({ files: 3, toBeSigned: 1 });
    const nodes = await portal.query(
      'SELECT name, entry FROM signer.sample_entry WHERE sample_id = $1 ORDER BY position',
      [id],
    );
    expect(nodes.map((node) => (node as { name: string }).name)).toEqual([
      '',
      'widget-1.4',
      'readme.md',
      'widget.exe',
    ]);
    const element = nodes.flatMap((node) => {
      const { name, entry } = node as { name: string; entry: string | null };
      return name !== 'widget.exe' ? [] : [(JSON.parse(entry ?? '') as ReportEntry).element];
    })[0];
    const line = outcome.suggestion?.text.split('\n')[(element?.line?.line ?? 0) - 1];
    expect([element?.path, line?.trim()]).toEqual(['widget-1.4/widget.exe', '- type: pe']);
    for (const table of ['journal', 'request_state', 'open_request', 'signature', 'inspection_report'])
      expect([table, await countOf(`signer.${table}`)]).toEqual([table, 0]);
    expect(await readdir(path.join(bench.folder, 'work'))).not.toContain(`sample-${id}`);
  });

  it('is held against a configuration of the policy in force, with near misses and their lines', async () => {
    const snapshot = base;
    const project = parseProjectSlug('esbuild-demo');
    const id = await drop({ bytes: artifact, project, configuration: 'windows-package' });
    const { against } = outcomeOf(await lookAt(id, { snapshot: () => snapshot }));
    expect(against).toMatchObject({ passed: false, commit: snapshot.commit });
    expect(against?.findings.some(({ policy }) => policy?.file.includes('/artifacts/') === true)).toBe(true);
  });

  it('is held against it with the values that were given, or with the version that the file tells', async () => {
    const project = parseProjectSlug('esbuild-demo');
    const text = [
      'apiVersion: countersign/v1',
      'kind: ArtifactConfiguration',
      "parameters: [{ name: version, pattern: '*', required: true }]",
      'root:',
      '  type: zip',
      '  contents:',
      "    - { type: pe, path: 'widget-${version}/widget.exe', sign: { method: authenticode } }",
      "    - { type: file, path: '**/*.md' }",
      '',
    ].join('\n');
    const snapshot = changed({ [artifactFile]: text });
    const against = async (parameters: Readonly<Record<string, string>>) => {
      const id = await drop({ bytes: artifact, project, configuration: 'windows-package', parameters });
      return outcomeOf(await lookAt(id, { snapshot: () => snapshot })).against;
    };
    expect(await against({})).toMatchObject({
      passed: true,
      parameters: [{ name: 'version', value: '1.4', given: false }],
    });
    expect(await against({ version: '1.5' })).toMatchObject({
      passed: false,
      parameters: [{ name: 'version', value: '1.5', given: true }],
    });
    expect(await against({ other: 'x' })).toMatchObject({
      passed: null,
      findings: [{ rule: 'policy.parameters' }],
    });
  });

  it('that isn’t there, is too large, other than it says, or no sample at all says so and what to do', async () => {
    const ends: readonly (readonly [Dropped, Partial<SamplePorts>, string])[] = [
      [{ sha256: 'a'.repeat(64) }, {}, 'no longer in the store'],
      [{ bytes: artifact }, { limits: { sizeBytesMax: 10, secondsMax: 60 } }, 'at most 10 bytes'],
      [{ bytes: artifact, name: 'x'.repeat(300) }, {}, 'no sample'],
      [{ bytes: artifact, sha256: '../../etc/passwd' }, {}, 'no sample'],
      [{ bytes: artifact, project: 'NOT A SLUG' }, {}, 'no sample'],
      [{ bytes: artifact, parameters: { version: '*' } }, {}, 'no sample'],
      [{ bytes: artifact, parameters: 'x'.repeat(20_000) }, {}, 'no sample'],
    ];
    for (const [dropped, change, words] of ends) {
      const failure = failureOf(await lookAt(await drop(dropped), change));
      expect(failure.message).toContain(words);
      expect(failure.fix).not.toBe('');
    }
  });

  it('is begun anew, at once, where its signer stops meanwhile', async () => {
    const id = await drop({ bytes: artifact });
    const begun = Promise.withResolvers<undefined>();
    const slow: SamplePorts['inspector'] = {
      discard: (folder) => bench.inspector.discard(folder),
      inspect: ({ signal }) =>
        new Promise((_, reject) => {
          begun.resolve(undefined);
          signal?.addEventListener('abort', () => reject(new Error('stopped')));
        }),
    };
    const samples = opened({ inspector: slow });
    await begun.promise;
    await samples.stop();
    expect(outcomeOf(await lookAt(id)).suggestion).not.toBeNull();
  });

  it('that nobody can read is looked at, and says why nothing can be suggested', async () => {
    const id = await drop({ bytes: artifact.subarray(0, 60), name: 'cut.zip' });
    const outcome = outcomeOf(await lookAt(id));
    expect(outcome.suggestion).toBeNull();
    expect(outcome.nothing).toMatch(/^(Nothing|What)/);
  });

  it('waits while everything is stopped, or its project is', async () => {
    const [own, other] = [await drop({ bytes: artifact, project: 'alpha' }), await drop({ bytes: artifact })];
    await lookAt(other, { stopped: () => Promise.resolve(['alpha']) });
    expect(await resultOf(own)).toBeUndefined();
    const samples = lookAt(own, { stopped: () => Promise.resolve([null]) });
    await expect(Promise.race([samples, new Promise((end) => setTimeout(end, 300, 'waits'))])).resolves.toBe(
      'waits',
    );
    await database.query(
      `INSERT INTO signer.sample_result (sample_id, turn, state, attempts, started_at, leased_until, finished_at, outcome)
       VALUES ($1, '', 'done', 1, now(), now(), now(), '{}')`,
      [own],
    );
    await samples;
  });
});

describe('the next sample', () => {
  const claim = (now = new Date(), stopped: readonly string[] = []) =>
    claimSample(database, { now, leasedUntil: new Date(now.getTime() + 60_000), stopped });

  it('is that of whoever had the fewest; each is given once, and once more after its lease', async () => {
    const first = await drop({ at: hours(-1) });
    await drop({ at: hours(-0.9) });
    const other = await drop({ owner: 'person:bob' });
    expect((await claim())?.id).toBe(first);
    expect((await claim())?.id).toBe(other);
    await claim();
    expect(await claim()).toBeNull();
    const again = await claim(new Date(Date.now() + 120_000));
    expect(again?.attempts).toBe(2);
  });

  it('is none from the future, none older than a day, and none where too much is kept', async () => {
    await drop({ at: hours(2) });
    await drop({ at: hours(-25) });
    expect(await claim()).toBeNull();
    await drop();
    await database.query(
      `INSERT INTO signer.sample_result (sample_id, turn, state, attempts, started_at, leased_until, nodes)
       VALUES (gen_random_uuid(), '', 'done', 1, now(), now(), 1000000)`,
    );
    expect(await claim()).toBeNull();
  });

  it('is forgotten after a day, with all that was said of it', async () => {
    const [old, young] = [await drop({ at: hours(-25) }), await drop({ bytes: artifact })];
    await lookAt(young);
    await database.query(
      `INSERT INTO signer.sample_result (sample_id, turn, state, attempts, started_at, leased_until)
       VALUES ($1, '', 'done', 1, now(), now())`,
      [old],
    );
    await forgetSamples(database, new Date());
    expect([await countOf('portal.sample'), await countOf('signer.sample_result')]).toEqual([1, 1]);
    await forgetSamples(database, hours(25));
    for (const table of ['portal.sample', 'signer.sample_result', 'signer.sample_entry'])
      expect([table, await countOf(table)]).toEqual([table, 0]);
  });

  it('can’t be changed, removed or locked by the portal’s role', async () => {
    await drop();
    for (const statement of [
      `UPDATE portal.sample SET sha256 = 'x'`,
      'DELETE FROM portal.sample',
      'DO $$ BEGIN LOCK TABLE portal.sample IN ACCESS EXCLUSIVE MODE; END $$',
      `INSERT INTO signer.sample_result SELECT * FROM signer.sample_result`,
      'DELETE FROM signer.sample_entry',
    ])
      await expect(portal.query(statement)).rejects.toThrow(/permission denied/);
  });
});
