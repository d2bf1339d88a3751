import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, parseSha256Hex, type RequestId } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { findEarlierSignatures, saveRelease, saveSignatures, saveState } from './index.ts';

const digest = (digit: string) => parseSha256Hex(digit.repeat(64));

describe('files that were signed before', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let entries = 0;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  async function journalled(id: RequestId, kind: string, body: object): Promise<void> {
    entries += 1;
    await database.query(
      `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
       VALUES ($1, now(), $2, $3, $4, '', $5)`,
      [entries, id, kind, JSON.stringify(body), randomUUID()],
    );
  }

  async function signed(
    digit: string,
    { isReleased = true, beside = null }: { isReleased?: boolean; beside?: string | null } = {},
  ): Promise<RequestId> {
    const id = parseRequestId(randomUUID());
    await journalled(id, 'request.received', {
      pass: 1,
      project: 'widget',
      policy: 'release',
      artifactSha256: digest('a'),
      artifactName: 'a.zip',
      bundleSha256: null,
      submittedBy: 'person:alex',
      submittedAt: new Date(0).toISOString(),
    });
    const step = { pass: 1, durationMs: 1, findings: [] };
    await journalled(id, 'step.finished', { ...step, step: 'policy', outcome: 'pass' });
    const claims = { runUri: 'https://host/actions/runs/1/attempts/1' };
    await journalled(id, 'step.finished', {
      ...step,
      step: 'origin',
      outcome: 'pass',
      claims,
      attestation: 'x',
      integratedAt: new Date(0).toISOString(),
    });
    const state = {
      status: 'completed',
      step: 'release',
      pass: 1,
      policyCommit: null,
      sourceCommit: 'c'.repeat(40),
      summary: '',
      retryAt: null,
      retries: 0,
      decisionsCounted: 0,
    } as const;
    await database.transaction(async (transaction) => {
      await saveState(transaction, id, state, new Date());
      await saveSignatures(transaction, [
        {
          id: randomUUID(),
          requestId: id,
          path: 'a.exe',
          unsignedSha256: digest('0'),
          signedSha256: digest(digit),
          signaturePath: beside,
          certificateSerial: '01',
          certificateSha256: digest('e'),
          timestampedAt: null,
          timestampUrl: null,
          signedAt: new Date(0),
        },
      ]);
      if (!isReleased) return;
      await saveRelease(transaction, {
        requestId: id,
        artifactSha256: digest('b'),
        artifactSizeBytes: 1,
        artifactName: 'a.zip',
        releasedAt: new Date(),
      });
    });
    return id;
  }

  it('are found by their digests, with project, commit and run of their builds', async () => {
    const requestId = await signed('1');
    await signed('2');
    expect(await findEarlierSignatures(database, [digest('1'), digest('9')])).toEqual([
      {
        sha256: digest('1'),
        requestId,
        project: 'widget',
        certificateSha256: digest('e'),
        signedAt: new Date(0),
        sourceCommit: 'c'.repeat(40),
        claims: { runUri: 'https://host/actions/runs/1/attempts/1' },
      },
    ]);
    expect(await findEarlierSignatures(database, [])).toEqual([]);
  });

  it('are none that were never released, and none whose signature is a file beside them', async () => {
    await signed('3', { isReleased: false });
    await signed('4', { beside: 'a.exe.p7s' });
    expect(await findEarlierSignatures(database, [digest('3'), digest('4')])).toEqual([]);
  });
});
