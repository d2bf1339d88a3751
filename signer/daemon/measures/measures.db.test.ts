import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../../../lib/platform/db/index.ts';
import { exposeMetrics } from '../../../lib/platform/health/index.ts';
import type { Portal } from '../../../lib/platform/portal/index.ts';
import { CodedError } from '#core/error/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import { claimedGrant } from '../../keyholder/grant/grants.fixture.ts';
import { keepWriting, measureKeyHolder, openMeasures, type Measures } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let signer: pg.Client;
let db: Database;
beforeEach(async () => {
  urls = await testDatabase();
  signer = new pg.Client({ connectionString: urls.signer });
  await signer.connect();
  db = openDatabase({ url: urls.portal });
});
afterEach(async () => {
  await db.$disconnect();
  await signer.end();
  await urls.release();
});

class Refused extends CodedError<'RATE_LIMITED'> {
  static override readonly errorName = 'Refused';
}

async function write(measures: Measures, name: string): Promise<void> {
  const folders = { work: '/tmp', released: '/no/such/folder' };
  const log = { warn: (facts: unknown) => expect.unreachable(JSON.stringify(facts)) };
  const options = { measures, signer: name, folders };
  const database = { query: (text: string, values?: unknown[]) => signer.query(text, values) };
  const writing = keepWriting({ ...options, database: database as never, log: log as never });
  await writing.write();
  await writing.stop();
}

/** Prometheus's own reader takes it; what it advises about names isn't asked. */
const isReadable = (lines: readonly string[]): boolean =>
  spawnSync('promtool', ['check', 'metrics'], { input: lines.join('\n') }).status !== 1;

const ask = async (): Promise<readonly string[]> => {
  const store = { checkWritable: () => Promise.resolve() };
  const released = { checkReadable: () => Promise.resolve() };
  const buildKeys = { states: () => [] };
  const portal = { db, store, released, config: {}, buildKeys, now: () => new Date() } as unknown as Portal;
  return (await exposeMetrics(portal)).text.split('\n');
};

describe('what signers measure', () => {
  it('is told by a portal, of each under its name: steps, signatures with their failures, timestamps, room', async () => {
    const measures = openMeasures();
    let isRefused = false;
    const sign = () =>
      isRefused
        ? Promise.reject(new Refused('RATE_LIMITED', 'too many'))
        : Promise.resolve({ signature: new Uint8Array() });
    const holder = measureKeyHolder({ sign } as unknown as KeyHolder, measures);
    await holder.sign(claimedGrant({}));
    isRefused = true;
    await expect(holder.sign(claimedGrant({}))).rejects.toThrow('too many');
    measures.step({ step: 'scan', outcome: 'pass', seconds: 0.3 });
    measures.timestamp('https://tsa.example/', 'failed', 2);
    await write(measures, 'north');
    await write(openMeasures(), 'so"uth');
    const lines = await ask();
    expect(lines).toContain(
      'countersign_signer_step_duration_seconds_count{step="scan",outcome="pass",signer="north"} 1',
    );
    const bucket = 'countersign_signer_step_duration_seconds_bucket';
    expect(lines).toContain(`${bucket}{le="0.25",step="scan",outcome="pass",signer="north"} 0`);
    expect(lines).toContain(`${bucket}{le="0.5",step="scan",outcome="pass",signer="north"} 1`);
    const port = 'countersign_signer_port_duration_seconds_count';
    expect(lines).toContain(`${port}{port="keyholder",outcome="RATE_LIMITED",signer="north"} 1`);
    expect(lines).toContain('countersign_signer_signatures_total{signer="north"} 1');
    const stamped = lines.find((line) =>
      line.startsWith('countersign_signer_timestamp_duration_seconds_count'),
    );
    for (const said of ['authority="tsa.example"', 'outcome="failed"', 'signer="north"'])
      expect(stamped).toContain(said);
    expect(lines.some((line) => line.startsWith('countersign_signer_folder_free_bytes{folder="work"'))).toBe(
      true,
    );
    expect(lines.some((line) => line.includes('folder="released"'))).toBe(false);
    const memory = lines.filter((line) =>
      line.startsWith('countersign_signer_process_resident_memory_bytes{'),
    );
    expect(memory.map((line) => /signer="(.*)"/.exec(line)?.[1])).toEqual(['north', String.raw`so\"uth`]);
    const types = lines.filter((line) =>
      line.startsWith('# TYPE countersign_signer_process_resident_memory'),
    );
    expect(types, 'a name is described once').toHaveLength(1);
    expect(isReadable(lines)).toBe(true);
    expect(isReadable([...lines, 'countersign_x{a="b} 1', ''])).toBe(false);
  });

  it('is gone a minute after a signer’s last word, and what isn’t metrics is told as unreadable', async () => {
    await write(openMeasures(), 'gone');
    await signer.query(`UPDATE signer.metrics SET written_at = written_at - interval '61 seconds'`);
    expect((await ask()).filter((line) => line.includes('signer="gone"'))).toEqual([]);
    await signer.query(`INSERT INTO signer.metrics VALUES ('odd', $1, $2)`, [
      JSON.stringify([{ name: 'countersign_policy_sync', help: '', type: 'gauge', values: [] }]),
      new Date(),
    ]);
    const lines = await ask();
    expect(
      lines.filter((line) => line.startsWith('countersign_policy_sync ') || line.includes('odd')),
    ).toEqual([]);
    expect(lines).toContain('countersign_metrics_unreadable 1');
  });

  it('keeps a bounded number of outcomes, whatever codes errors have', () => {
    const measures = openMeasures();
    for (let at = 0; at < 100; at += 1)
      measures.port('scanner', `CODE_${'A'.repeat(at % 30)}${'B'.repeat(at % 7)}`, 0);
    measures.port('scanner', 'not a code: /home/x', 0);
    return measures.registry
      .getSingleMetricAsString('countersign_signer_port_duration_seconds')
      .then((text) => {
        const outcomes = new Set([...text.matchAll(/outcome="([^"]*)"/g)].map((found) => found[1]));
        expect(outcomes.size).toBe(41);
        expect(outcomes).toContain('other');
      });
  });
});
