import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { openClaims, type PlaceToClaim } from '../daemon/claims/index.ts';
import { leased } from '../daemon/turns/lease.fixture.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { verifyJournal } from '../ground/journal/index.ts';
import { releaseGrant } from '../keyholder/grant/grants.fixture.ts';
import { KeyHolderJournal } from '../keyholder/holder/journal.ts';
import { describeClaims, findOpenClaims, releaseClaims } from './release-claims.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let work: Awaited<ReturnType<typeof testFolder>>;
let database: Database;
let requestId: RequestId;
let holder: string;
beforeAll(async () => {
  urls = await testDatabase();
  work = await testFolder('claims');
  database = openDatabase(urls.signer, () => undefined);
});
beforeEach(() => {
  requestId = parseRequestId(randomUUID());
  holder = `lost-${requestId.slice(0, 8)}`;
});
afterAll(async () => {
  await database.close();
  await Promise.all([urls.release(), work.release()]);
});

/** Of a file of the request, by a key that gives another signature each time. */
const placeOf = (name: string): PlaceToClaim => ({
  grant: releaseGrant({ requestId, leafPath: [name] }),
  isRepeatable: false,
});
async function claimsOf(signer: string) {
  const lease = await leased(database, requestId);
  return openClaims({ database, lease, signer, resolve: () => Promise.resolve(), now: () => new Date() });
}
const confirmed = { signerId: 'one', by: 'operator', now: new Date() };

it('a lost signer’s claims are released once that is confirmed, and the journal says which', async () => {
  const place = placeOf('a.jar');
  await (await claimsOf(holder)).claim([place]);
  const other = await claimsOf('two');
  await expect(other.claim([place])).rejects.toMatchObject({
    fix: expect.stringContaining(`--claims-of ${holder}`) as string,
  });
  const open = await findOpenClaims({ database, holder, keyHolderJournals: [] });
  expect(describeClaims(open).join('\n')).toContain('there may be two');
  expect((await findOpenClaims({ database, holder, keyHolderJournals: [] })).plan).toBe(open.plan);
  const seq = await releaseClaims(database, open, confirmed);
  const [entry] = await database.query('SELECT kind, body FROM signer.journal WHERE seq = $1', [seq]);
  expect(entry).toMatchObject({ kind: 'claims.released' });
  expect(JSON.parse(String((entry as { readonly body: unknown }).body))).toMatchObject({
    holder,
    found: 0,
    released: [{ request: requestId, path: 'a.jar', grantId: place.grant.wire.grantId }],
  });
  expect(await other.claim([place])).toEqual([null]);
  expect(await verifyJournal(database)).toMatchObject({ intact: true });
});

it('a signature that the lost keyholder’s journal has is used, and no other is made', async () => {
  const [signed, unsigned] = [placeOf('signed.jar'), placeOf('unsigned.jar')];
  await (await claimsOf(holder)).claim([signed, unsigned]);
  const file = `${work.folder}/${holder}.jsonl`;
  const journal = await KeyHolderJournal.open(file, new Date());
  const made = Uint8Array.of(7, 7);
  const { grantId } = signed.grant.wire;
  await journal.append(
    { kind: 'signed', grantId, signature: Buffer.from(made).toString('base64') },
    new Date(),
  );
  await journal.close();
  const open = await findOpenClaims({ database, holder, keyHolderJournals: [file] });
  expect(open.claims.filter(({ signature }) => signature !== null)).toHaveLength(1);
  await releaseClaims(database, open, confirmed);
  const other = await claimsOf('two');
  expect(await other.claim([signed, unsigned])).toEqual([{ signature: made, grantId }, null]);
});

it('nothing is released of a signer that runs', async () => {
  await (await claimsOf(holder)).claim([placeOf('a.jar')]);
  await database.query(
    `INSERT INTO signer.presence (signer_id, run, started_at, seen_at, journal_seq, stops)
     VALUES ($1, gen_random_uuid(), now(), now(), 0, '[]')`,
    [holder],
  );
  const finding = findOpenClaims({ database, holder, keyHolderJournals: [] });
  await expect(finding).rejects.toMatchObject({ code: 'SIGNER_RUNS' });
});
