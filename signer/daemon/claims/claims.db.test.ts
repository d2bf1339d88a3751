import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { KeyHolderJournal } from '../../keyholder/holder/journal.ts';
import { releaseGrant } from '../../keyholder/grant/grants.fixture.ts';
import { grantSlot } from '../../keyholder/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { LeaseLost } from '../turns/index.ts';
import { saveState } from '../requests/index.ts';
import {
  claimedKeys,
  keepResolvingClaims,
  openClaims,
  OtherOctetsClaimed,
  resolveClaims,
  type PlaceToClaim,
} from './index.ts';

const [made, other] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
const rsa = true;
const ecdsa = false;

describe('claims of signatures', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let portal: pg.Client;
  let owner: pg.Client;
  let folder: string;
  let requestId: RequestId;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    [portal, owner] = [urls.portal, urls.owner].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client];
    await Promise.all([portal.connect(), owner.connect()]);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-claims-'));
    requestId = parseRequestId(randomUUID());
  });
  afterEach(() => rm(folder, { recursive: true }));
  afterAll(async () => {
    await Promise.all([portal.end(), owner.end(), database.close()]);
    await urls.release();
  });

  /** As a signer of this name takes the request, whoever had it before. */
  async function signer(name: string) {
    const lease = { ...(await leased(database, requestId)), owner: `${name}/${randomUUID()}/1` };
    await database.query('UPDATE signer.open_request SET lease_owner = $2 WHERE request_id = $1', [
      requestId,
      lease.owner,
    ]);
    const of = { database, signer: name, keyHolderJournal: join(folder, `${name}.jsonl`) };
    const resolve = async (): Promise<void> => {
      await resolveClaims({ ...of, atWork: [], only: requestId });
    };
    return {
      ...openClaims({ database, lease, signer: name, resolve, now: () => new Date() }),
      of,
      resolve: (atWork: readonly RequestId[] = [], through: Pick<Database, 'query'> = database) =>
        resolveClaims({ ...of, atWork, database: through }),
      /** What its keyholder's journal says of a grant. */
      async signed(
        grant: PlaceToClaim['grant'],
        signature: Uint8Array | null,
        at = new Date(Date.now() - 7_200_000),
      ) {
        const journal = await KeyHolderJournal.open(of.keyHolderJournal, new Date());
        const { grantId, keyLabel, purpose } = grant.wire;
        await journal.append(
          {
            kind: 'intent',
            grantId,
            slot: grantSlot(grant.wire),
            purpose,
            keyLabel,
            requestId,
            toBeSignedSha256: 'a'.repeat(64),
            project: 'widget',
            artifactSha256: 'a'.repeat(64),
            leafPath: [],
            unsignedSha256: 'b'.repeat(64),
            policyCommit: 'c'.repeat(40),
          },
          at,
        );
        const text = Buffer.from(signature ?? []).toString('base64');
        if (signature !== null) await journal.append({ kind: 'signed', grantId, signature: text }, at);
        await journal.close();
      },
    };
  }
  const grantOf = (change: Parameters<typeof releaseGrant>[0] = {}) => releaseGrant({ requestId, ...change });
  const place = (grant: PlaceToClaim['grant'], isRepeatable: boolean): readonly PlaceToClaim[] => [
    { grant, isRepeatable },
  ];
  const rows = async () =>
    database.query(
      'SELECT signer_id, grant_id, signature, signature_sha256 IS NOT NULL AS signed FROM signer.signature_claim WHERE request_id = $1',
      [requestId],
    );
  const settle = () =>
    owner.query(
      `UPDATE signer.signature_claim SET claimed_at = now() - interval '1 hour' WHERE signed_at IS NULL`,
    );

  it('are made by who has the lease, and by nobody else', async () => {
    const [one, grant] = [await signer('one'), grantOf()];
    await signer('two');
    await expect(one.claim(place(grant, rsa))).rejects.toBeInstanceOf(LeaseLost);
    expect(await rows()).toEqual([]);
  });

  it('of a key that repeats its signature pass to another signer, whose keyholder gives the same one', async () => {
    const grant = grantOf();
    expect(await (await signer('one')).claim(place(grant, rsa))).toEqual([null]);
    const two = await signer('two');
    expect(await two.claim(place(grant, rsa))).toEqual([null]);
    expect(await two.keep([{ grant, signature: made }])).toEqual([]);
    // The bytes aren't kept: nobody needs them.
    expect(await rows()).toMatchObject([{ signer_id: 'two', signed: true, signature: null }]);
  });

  it('end the request where a second, different signature was made', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, rsa));
    await one.keep([{ grant, signature: made }]);
    const two = await signer('two');
    await two.claim(place(grant, rsa));
    expect(await two.keep([{ grant, signature: other }])).toEqual([grant]);
    expect(await two.keep([{ grant, signature: made }])).toEqual([]);
  });

  it('are lost to a signer that another one took them from', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, rsa));
    await (await signer('two')).claim(place(grant, rsa));
    await expect(one.keep([{ grant, signature: made }])).rejects.toBeInstanceOf(LeaseLost);
    expect(await rows()).toMatchObject([{ signed: false }]);
  });

  it('bind their place to octets and key for good', async () => {
    const one = await signer('one');
    await one.claim(place(grantOf(), rsa));
    for (const change of [{ toBeSigned: Uint8Array.of(9) }, { keyLabel: 'widget.other' }]) {
      const claiming = (await signer('two')).claim(place(grantOf(change), rsa));
      await expect(claiming).rejects.toBeInstanceOf(OtherOctetsClaimed);
    }
    expect(
      await (await signer('two')).claim(place(grantOf({ round: 1, toBeSigned: Uint8Array.of(9) }), rsa)),
    ).toEqual([null]);
  });

  it('of a key that gives another signature each time wait for the signer that has them', async () => {
    const grant = grantOf();
    await (await signer('one')).claim(place(grant, ecdsa));
    const two = await signer('two');
    const free = grantOf({ leafPath: ['free.exe'] });
    const claiming = two.claim([...place(grant, ecdsa), ...place(free, ecdsa)]);
    await expect(claiming).rejects.toMatchObject({
      code: 'SIGNER_UNAVAILABLE',
      until: expect.any(Date) as Date,
    });
    await expect(claiming).rejects.toThrow('signer one may have signed');
    // All or none: the other file isn't claimed in vain.
    expect(await rows()).toHaveLength(1);
  });

  it('of a dead signer are resolved by its keyholder’s journal as it comes back, and its signature is used', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, ecdsa));
    await one.signed(grant, made);
    const two = await signer('two');
    await expect(two.claim(place(grant, ecdsa))).rejects.toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
    expect(await one.resolve([requestId])).toEqual({ signed: 0, released: 0 });
    expect(await one.resolve()).toEqual({ signed: 1, released: 0 });
    expect(await two.claim(place(grant, ecdsa))).toEqual([{ signature: made, grantId: grant.wire.grantId }]);
    // Also under the grant of a later policy, which allows the same octets.
    const later = grantOf({ policyCommit: 'd'.repeat(40) });
    expect(await two.claim(place(later, ecdsa))).toEqual([{ signature: made, grantId: grant.wire.grantId }]);
  });

  it('that nobody signed are anybody’s again, once the keyholder had time to end', async () => {
    const grant = grantOf();
    const one = await signer('lone');
    await one.claim(place(grant, ecdsa));
    await one.signed(grant, null);
    expect(await one.resolve()).toEqual({ signed: 0, released: 0 });
    await settle();
    expect(await one.resolve()).toEqual({ signed: 0, released: 1 });
    const two = await signer('two');
    expect(await two.claim(place(grant, ecdsa))).toEqual([null]);
    await two.release([grant]);
    expect(await (await signer('three')).claim(place(grant, ecdsa))).toEqual([null]);
  });

  it('that were made again while the keyholder’s journal was read stay with the pass that made them', async () => {
    const grant = grantOf();
    const one = await signer('again');
    await one.claim(place(grant, ecdsa));
    await one.signed(grant, null);
    await settle();
    const meanwhile: Pick<Database, 'query'> = {
      async query(text, values) {
        // A pass begins, and its keyholder is at work, between the look and what follows from it.
        if (text.startsWith('UPDATE')) await one.claim(place(grant, ecdsa));
        return database.query(text, values);
      },
    };
    expect(await one.resolve([], meanwhile)).toEqual({ signed: 0, released: 0 });
    expect(await rows()).toMatchObject([{ signer_id: 'again' }]);
    expect(await one.keep([{ grant, signature: made }])).toEqual([]);
  });

  it('that were made a moment ago stay, whoever has the signer’s name and a journal that lacks them', async () => {
    const grant = grantOf();
    const one = await signer('twice');
    await one.claim(place(grant, ecdsa));
    await one.signed(grantOf({ leafPath: ['earlier.exe'] }), made);
    const later = place(grantOf({ policyCommit: 'd'.repeat(40) }), ecdsa);
    await expect(one.claim(later)).rejects.toMatchObject({ code: 'SIGNER_UNAVAILABLE' });
    await settle();
    expect(await one.claim(later)).toEqual([null]);
  });

  it.each(['no journal', 'one that began later'] as const)(
    'of a signer that has the name alone, and %s, are nobody’s to release but an operator’s',
    async (which) => {
      const grant = grantOf();
      const one = await signer(`named-${which === 'no journal' ? '1' : '2'}`);
      await one.claim(place(grant, ecdsa));
      await settle();
      if (which !== 'no journal') await one.signed(grantOf({ leafPath: ['later.exe'] }), made, new Date());
      expect(await one.resolve()).toEqual({ signed: 0, released: 0 });
      const later = grantOf({ policyCommit: 'd'.repeat(40) });
      await expect(one.claim(place(later, ecdsa))).rejects.toThrow('doesn’t reach back');
      await expect((await signer('two')).claim(place(grant, ecdsa))).rejects.toMatchObject({
        code: 'SIGNER_UNAVAILABLE',
      });
    },
  );

  it('are left alone where the keyholder’s journal isn’t the one that the signer remembers', async () => {
    const grant = grantOf();
    const one = await signer('replaced');
    await one.claim(place(grant, ecdsa));
    await one.signed(grant, null);
    await settle();
    const warned: unknown[] = [];
    const log = { info: () => undefined, warn: (about: unknown) => void warned.push(about) };
    const looking = (checkJournal: () => Promise<void>) =>
      keepResolvingClaims({ ...one.of, atWork: () => [], log, seconds: 60, checkJournal });
    await looking(() => Promise.reject(new Error('another journal'))).stop();
    expect(await rows()).toMatchObject([{ signer_id: 'replaced' }]);
    expect(warned).toHaveLength(1);
    await looking(() => Promise.resolve()).stop();
    expect(await rows()).toMatchObject([{ signer_id: null }]);
  });

  it('say which keys a request began with', async () => {
    expect(await claimedKeys(database, requestId)).toEqual(new Set());
    const one = await signer('one');
    await one.claim([
      ...place(grantOf(), rsa),
      ...place(grantOf({ leafPath: ['b.exe'] }), rsa),
      ...place(grantOf({ leafPath: ['c.exe'], keyLabel: 'widget.raw' }), rsa),
    ]);
    expect(await claimedKeys(database, requestId)).toEqual(new Set([grantOf().wire.keyLabel, 'widget.raw']));
  });

  it('under an earlier grant are resolved before the same signer asks for another signature', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, ecdsa));
    await one.signed(grant, made);
    const later = grantOf({ policyCommit: 'd'.repeat(40) });
    expect(await one.claim(place(later, ecdsa))).toEqual([{ signature: made, grantId: grant.wire.grantId }]);
  });

  it('keep the signature until the request ends, and its digest for good', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, ecdsa));
    await one.keep([{ grant, signature: made }]);
    expect(await rows()).toMatchObject([{ signature: Buffer.from(made) }]);
    await database.transaction((transaction) =>
      saveState(
        transaction,
        requestId,
        {
          status: 'completed',
          step: 'release',
          pass: 1,
          policyCommit: null,
          sourceCommit: null,
          summary: 'done',
          retryAt: null,
          retries: 0,
          decisionsCounted: 0,
        },
        new Date(),
      ),
    );
    expect(await rows()).toMatchObject([{ signature: null, signed: true }]);
  });

  it('can’t be changed or removed in the database, whoever asks', async () => {
    const grant = grantOf();
    const one = await signer('one');
    await one.claim(place(grant, ecdsa));
    await one.keep([{ grant, signature: made }]);
    const where = `WHERE request_id = '${requestId}'`;
    for (const change of [
      `UPDATE signer.signature_claim SET to_be_signed_sha256 = 'x' ${where}`,
      `UPDATE signer.signature_claim SET signer_id = NULL ${where}`,
      `UPDATE signer.signature_claim SET signed_at = NULL ${where}`,
      `UPDATE signer.signature_claim SET signature = '\\x00' ${where}`,
      `DELETE FROM signer.signature_claim ${where}`,
    ]) {
      await expect(owner.query(change), change).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('can be read by the portal’s role, but for the signature, and not written', async () => {
    const grant = grantOf();
    await (await signer('one')).claim(place(grant, ecdsa));
    await expect(portal.query('SELECT slot, signer_id FROM signer.signature_claim')).resolves.toBeDefined();
    for (const query of [
      'SELECT signature FROM signer.signature_claim',
      'UPDATE signer.signature_claim SET signer_id = NULL',
      'DELETE FROM signer.signature_claim',
      `INSERT INTO signer.signature_claim (slot, request_id, grant_id, path, round, key_label, to_be_signed_sha256, is_repeatable, claimed_at)
       VALUES ('s', gen_random_uuid(), 'g', '', 0, 'k', 'x', true, now())`,
      `SELECT * FROM signer.claim_signatures(gen_random_uuid(), 'o', 1, 's', '[]')`,
      `SELECT * FROM signer.store_signatures('s', '[]')`,
    ]) {
      await expect(portal.query(query), query).rejects.toMatchObject({ code: '42501' });
    }
  });
});
