import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepEntries, type SeededEntry } from '../../dev/seed/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../platform/db/index.ts';
import { rootOfRequest, type Span } from '../platform/tracing/index.ts';
import { sendSigningTraces } from './index.ts';

const start = Date.parse('2026-11-30T12:00:00Z');
const now = () => new Date(start + 60_000);

describe('the trace of a signing request', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let db: Database;
  let owner: Client;
  let sent: Span[];
  beforeEach(async () => {
    urls = await testDatabase();
    db = openDatabase({ url: urls.portal });
    owner = new Client({ connectionString: urls.owner });
    await owner.connect();
    sent = [];
  });
  afterEach(async () => {
    await owner.end();
    await db.$disconnect();
    await urls.release();
  });

  const run = async (room = 4096): Promise<readonly Span[]> => {
    sent = [];
    await sendSigningTraces({ db, now }, { room: () => room, add: (...spans) => sent.push(...spans) });
    return sent;
  };
  async function submit(): Promise<string> {
    const id = randomUUID();
    await owner.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
       VALUES ($1::uuid, 'widget', 'release', repeat('c', 64), 'a.zip', 1, $1::text, 'ci', $2)`,
      [id, new Date(start)],
    );
    return id;
  }
  /** Entries a second apart, the first of them `second` seconds after the start. */
  async function write(id: string, second: number, entries: readonly SeededEntry[]): Promise<void> {
    for (const [place, [kind, body]] of entries.entries())
      await owner.query(
        `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
         SELECT coalesce(max(seq), 0) + 1, $1, $2::uuid, $3, $4, repeat('0', 64), encode(sha256(gen_random_uuid()::text::bytea), 'hex')
           FROM signer.journal`,
        [
          new Date(start + (second + place) * 1000),
          id,
          kind,
          typeof body === 'string' ? body : JSON.stringify(body),
        ],
      );
  }
  const called = (entries: readonly SeededEntry[], calls: unknown): readonly SeededEntry[] =>
    entries.map(([kind, body]) =>
      kind === 'step.finished' ? [kind, { ...(body as object), calls }] : [kind, body],
    );
  const released = (pass: number): SeededEntry => ['request.released', { pass, signatures: [] }];
  const tree = (spans: readonly Span[]): readonly string[] =>
    spans.map(({ name, parentSpanId, startMs, endMs, failed }) => {
      const parent =
        spans.find(({ spanId }) => spanId === parentSpanId)?.name ?? (parentSpanId === null ? '-' : '?');
      return `${parent} > ${name} ${(startMs - start) / 1000}-${(endMs - start) / 1000}${failed ? ' !' : ''}`;
    });

  it('has each wait, pass, step and what steps asked of others, when a pass has ended, and the whole at the end', async () => {
    expect(await run()).toEqual([]);
    const id = await submit();
    const scan = { to: 'scanner', count: 3, failed: 1, fromMs: 100, toMs: 900, busyMs: 1200 };
    await write(id, 2, [
      ['request.received', { pass: 1 }],
      ...called(stepEntries(1, 'scan', 'pass'), [scan]),
      ...stepEntries(1, 'approval', 'waiting'),
    ]);
    const first = await run();
    expect(tree(first)).toEqual([
      '? > wait for queue 0-2',
      '? > pass 2-6',
      'pass > scan 3-4',
      'scan > scanner 3.1-3.9 !',
      'pass > approval 5-6',
    ]);
    expect(await run()).toEqual([]);
    await write(id, 20, [...stepEntries(2, 'signing', 'retry')]);
    // The end of a step may be the start of the next one.
    const signed = stepEntries(3, 'signing', 'pass').map(([kind, body]): SeededEntry => [
      kind,
      kind === 'step.finished' ? { ...(body as object), next: 'release' } : body,
    ]);
    const [, endOfRelease] = stepEntries(3, 'release', 'pass');
    await write(id, 30, [...signed, endOfRelease as SeededEntry, released(3)]);
    const later = await run();
    expect(tree(later)).toEqual(
      [
        '? > wait for approval 6-20',
        '? > pass 20-21 !',
        'pass > signing 20-21 !',
        'signing request > wait for retry 21-30',
        'signing request > pass 30-33',
        'pass > signing 30-31',
        'pass > release 31-32',
        '- > signing request 0-33',
      ]
        // Two passes: names alone don't say which.
        .map((line) => (line.startsWith('?') ? line.replace('?', 'signing request') : line)),
    );
    const all = [...first, ...later];
    expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set([id.replaceAll('-', '')]));
    expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(all.length);
    expect(later.at(-1)).toMatchObject({
      ...rootOfRequest(id),
      attributes: {
        'countersign.outcome': 'released',
        'countersign.passes': 3,
        'countersign.project': 'widget',
      },
    });
  });

  it('is sent by one portal, leaves the journal where it is while there is no room, and what is damaged out', async () => {
    await run();
    const [id, other] = [await submit(), await submit()];
    await write(other, 1, [
      ['step.finished', '{"outcome":"retry"'],
      ['request.failed', 'no JSON'],
    ]);
    await write(id, 1, [...stepEntries(1, 'policy', 'fail'), ['request.denied', { pass: 1 }]]);
    expect(await run(100)).toEqual([]);
    const both = await Promise.all(
      [0, 1].map(async () => {
        const spans: Span[] = [];
        await sendSigningTraces({ db, now }, { room: () => 4096, add: (...more) => spans.push(...more) });
        return spans;
      }),
    );
    const whole = both.flat().filter(({ traceId }) => traceId === id.replaceAll('-', ''));
    expect(whole.map(({ name }) => name).toSorted()).toEqual([
      'pass',
      'policy',
      'signing request',
      'wait for queue',
    ]);
    expect(whole.find(({ name }) => name === 'policy')?.failed).toBe(false);
    expect(await run()).toEqual([]);
  });

  it('begins near the present: nothing that was old when traces were turned on', async () => {
    const before = await submit();
    await write(before, 0, [...stepEntries(1, 'policy', 'fail'), ['request.denied', { pass: 1 }]]);
    expect([await run(), await run()]).toEqual([[], []]);
    const old = await submit();
    await write(old, -7200, [...stepEntries(1, 'policy', 'fail'), ['request.denied', { pass: 1 }]]);
    const fresh = await submit();
    await write(fresh, 5, [...stepEntries(1, 'policy', 'fail'), ['request.denied', { pass: 1 }]]);
    expect(new Set((await run()).map(({ traceId }) => traceId))).toEqual(
      new Set([fresh.replaceAll('-', '')]),
    );
  });
});
