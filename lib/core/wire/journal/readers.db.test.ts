/** What each reader makes of what was ever written, in a database as a signer left it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../../dev/test/index.ts';
import { knownRevocations } from '../../../certificates/index.ts';
import { openDatabase as openPortalDatabase } from '../../../platform/db/index.ts';
import { readTrace } from '../../../requests/read-trace.ts';
import { journalRow } from '../../../../signer/daemon/audit/read-records.ts';
import { openDatabase } from '../../../../signer/ground/database/index.ts';
import { entriesOf, readEntries, verifyJournal } from '../../../../signer/ground/journal/index.ts';
import { knownGrants } from '../../../../signer/reconcile/read-keyholder.ts';
import { readStopEntries } from '../../../../signer/rulings/emergency-stop/journalled.ts';
import { readJournalled } from '../../../../signer/rulings/revocations/index.ts';
import { lineOf, verifyJournalLines } from '../../audit/index.ts';
import { canonicalJson } from '../../json/index.ts';
import { parseRequestId } from '../../ids/index.ts';
import { pastRequestsFromJournal } from '../../policy/plan/index.ts';
import { earlier, today } from './fixtures/index.fixture.ts';
import { genesisHash, nextEntry, type JournalEntry, type JournalKind } from './index.ts';

const at = new Date('2026-11-29T00:00:00Z');
const ofRequests = /^(request|step|sign|signature)\./;
const idOf = (index: number) => parseRequestId(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
/** Of each entry of a request, a request of its own. */
const written = [...today, ...earlier].map(({ kind, body }, index) => ({
  at,
  kind,
  body,
  requestId: ofRequests.test(kind) ? idOf(index) : null,
}));
const requests = written.flatMap(({ kind, requestId }) => (requestId === null ? [] : [{ kind, requestId }]));

let urls: Awaited<ReturnType<typeof testDatabase>>;
let signer: ReturnType<typeof openDatabase>;
let portal: ReturnType<typeof openPortalDatabase>;
beforeAll(async () => {
  urls = await testDatabase();
  signer = openDatabase(urls.signer, () => undefined);
  portal = openPortalDatabase({ url: urls.portal });
  const owner = new Client({ connectionString: urls.owner });
  await owner.connect();
  let last: JournalEntry | null = null;
  for (const one of written) {
    const { seq, at: when, requestId, kind, body, previousHash, entryHash } = (last = nextEntry(last, one));
    await owner.query('INSERT INTO signer.journal VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      seq.toString(),
      when,
      requestId,
      kind,
      body,
      previousHash,
      entryHash,
    ]);
  }
  await owner.end();
});
afterAll(async () => {
  await signer.close();
  await portal.$disconnect();
  await urls.release();
});

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As JSON, members in order. */
const plain = (value: unknown): string =>
  `${JSON.stringify(
    value,
    (_, one: unknown) => {
      if (typeof one === 'bigint') return one.toString();
      if (one instanceof Set) return [...(one as Set<unknown>)];
      if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
      const members = one instanceof Map ? [...(one as Map<string, unknown>)] : Object.entries(one);
      return Object.fromEntries(members.toSorted(([first], [second]) => (first < second ? -1 : 1)));
    },
    1,
  )}\n`;
const kept = (name: string): string => join(import.meta.dirname, 'fixtures/readers', `${name}.txt`);

/** A portal that has accepted no policy yet. */
const anonymous = () =>
  ({
    db: portal,
    policies: { at: () => Promise.reject(new Error('none is accepted')) },
  }) as unknown as Parameters<typeof knownRevocations>[0];

describe('what was ever written', () => {
  it('is shown of a request', async () => {
    const traces = [];
    for (const { kind, requestId } of requests) {
      const input = { requestId, submittedAt: at, status: 'checking', pass: null } as const;
      const trace = await readTrace(portal, input);
      const steps = trace?.pass.steps.filter((step) => step.state !== 'not-reached');
      const { number, outcome } = trace?.pass ?? {};
      traces.push({ kind, number, outcome, steps, unreadable: trace?.unreadable });
    }
    await expect(plain(traces)).toMatchFileSnapshot(kept('trace'));
  });

  it('is replayed under another policy', async () => {
    const received = today.find((one) => one.kind === 'request.received');
    if (received === undefined) throw new Error('no such fixture');
    const past = [];
    for (const { kind, requestId } of requests) {
      const first = nextEntry(null, { at, requestId, kind: received.kind, body: received.body });
      past.push({ kind, past: pastRequestsFromJournal([first, ...(await entriesOf(signer, requestId))]) });
    }
    await expect(plain(past)).toMatchFileSnapshot(kept('past-requests'));
  });

  it('says what is revoked, to the signer and to everybody', async () => {
    const { entries } = await readJournalled(signer, 0n);
    const known = await knownRevocations(anonymous());
    await expect(plain({ entries, known })).toMatchFileSnapshot(kept('revocations'));
  });

  it('says what is stopped, and which grants were used', async () => {
    const { entries } = await readStopEntries(signer, null);
    await expect(plain(entries)).toMatchFileSnapshot(kept('stops'));
    await expect(plain(await knownGrants(signer))).toMatchFileSnapshot(kept('grants'));
  });

  it('is a chain, and leaves whole in an export', async () => {
    const verdict = await verifyJournal(signer);
    expect(verdict).toMatchObject({ intact: true, entries: written.length });
    const rows = [];
    let [last, head] = ['', ''];
    for await (const entry of readEntries(signer)) {
      rows.push(journalRow(entry));
      [last, head] = [entry.seq.toString(), entry.entryHash];
    }
    expect(rows.filter((row) => row['body'] === null)).toEqual([]);
    const lines = (async function* () {
      await Promise.resolve();
      for (const row of rows) yield lineOf('jsonl', [], row).trimEnd();
    })();
    const chain = { first: '1', before: genesisHash, last, head };
    expect(await verifyJournalLines(lines, chain as Parameters<typeof verifyJournalLines>[1])).toBeNull();
  });
});

describe('what a later version wrote', () => {
  /** Adds an entry that says something nobody here knows, and asks a reader. */
  async function after<T>(kind: JournalKind, read: () => Promise<T>): Promise<T> {
    const { requestId = null, body = {} } = written.find((one) => one.kind === kind) ?? {};
    const owner = new Client({ connectionString: urls.owner });
    await owner.connect();
    try {
      await owner.query(
        `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
         SELECT max(seq) + 1, now(), $1, $2, $3, $4, $5 FROM signer.journal`,
        [requestId, kind, canonicalJson({ ...body, version: 9 }), genesisHash, sha256Of(kind)],
      );
    } finally {
      await owner.end();
    }
    return read();
  }

  it('isn’t taken for nothing revoked, by the signer or the portal', async () => {
    const unreadable = {
      code: 'REVOCATION_UNREADABLE',
      message: expect.stringContaining('version 9') as string,
    };
    await expect(after('certificate.revoked', () => readJournalled(signer, 0n))).rejects.toMatchObject(
      unreadable,
    );
    await expect(knownRevocations(anonymous())).rejects.toMatchObject(unreadable);
  });

  it('isn’t taken for a signature that the database has lost', async () => {
    await expect(after('sign.done', () => knownGrants(signer))).rejects.toMatchObject({
      code: 'ENTRY_UNREADABLE',
    });
  });

  it('stops everybody where it is about a stop', async () => {
    const { entries } = await after('emergency-stop', () => readStopEntries(signer, null));
    expect(entries.at(-1)?.entry).toMatchObject({
      action: 'stop',
      source: 'host',
      project: null,
      lock: null,
    });
  });

  it('is named on the page of its request', async () => {
    const { requestId } = requests.find((request) => request.kind === 'step.started') ?? {
      requestId: idOf(0),
    };
    const input = { requestId, submittedAt: at, status: 'checking', pass: null } as const;
    const trace = await after('step.started', () => readTrace(portal, input));
    expect(trace?.unreadable).toHaveLength(1);
  });
});
