import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import type { TrustRoot } from '#core/origin/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { createStopFile, watchEmergencyStops } from '../../rulings/emergency-stop/index.ts';
import { openAnchor } from '../../ground/journal/index.ts';
import {
  followedRepository,
  type FollowedRepository,
} from '../../policy-source/followed-repository.fixture.ts';
import { openRevocationRegister, readJournalled } from '../../rulings/revocations/index.ts';
import { openArtifactStore } from '../../ground/store/index.ts';
import { watchClock } from '../clock/index.ts';
import { objectPath } from '../../../lib/host/object-store/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { processRequest, type SignerContext } from './index.ts';

const day = 86_400_000;
const bytes = Buffer.from('an artifact');
const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let portal: Client;
let followed: FollowedRepository;
beforeAll(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
  portal = new Client({ connectionString: urls.portal });
  await portal.connect();
  followed = await followedRepository(database);
});
afterAll(async () => {
  await followed.release();
  await portal.end();
  await database.close();
  await urls.release();
});

/** Everything that a request meets until its policy is known; the signer of this test has no keys, and no one to ask after that. */
async function contextAt(now: () => Date, clockOf = () => new Date()): Promise<SignerContext> {
  const artifacts = path.join(followed.folder, 'artifacts');
  const file = objectPath(artifacts, sha256);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const stops = { file: path.join(followed.folder, 'stops.json'), signer: 'signer' };
  await createStopFile(stops);
  return {
    config: {
      workDirectory: path.join(followed.folder, 'work'),
      store: { artifactSizeBytesMax: 1000 },
      retry: { attemptsMax: 5, delaySeconds: 1, delaySecondsMax: 1 },
    },
    log: pino({ level: 'silent' }),
    database,
    policy: followed.open('signer'),
    now,
    revocations: await openRevocationRegister({
      file: path.join(followed.folder, 'revoked.json'),
      now,
      signerId: 'signer',
      journalled: (after) => readJournalled(database, after),
      published: () => Promise.resolve([]),
      asPublished: (register) => register,
      onLearned: () => Promise.resolve(),
    }),
    clock: watchClock({ database, now: () => clockOf() }),
    stops: watchEmergencyStops({ stops, sync: () => Promise.resolve(), conflict: () => null }),
    journal: openAnchor({
      database,
      file: path.join(followed.folder, 'anchor.json'),
      signer: 'signer',
      keyHolderJournal: path.join(followed.folder, 'keyholder.jsonl'),
      accepted: () => Promise.resolve(null),
      stops: () => Promise.resolve(null),
    }),
    artifacts: openArtifactStore(artifacts),
    keys: { current: () => [], refresh: () => Promise.resolve(false) },
    inspector: { end: () => Promise.resolve(true), discard: () => Promise.resolve() },
    trustRoots: new Map<string, TrustRoot>(),
  } as unknown as SignerContext;
}

async function submitted() {
  const id = parseRequestId(randomUUID());
  await portal.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     VALUES ($1::uuid, 'esbuild-demo', 'release-signing', $2, 'a.zip', 11, $1::text, 'person:demo-maintainer', now())`,
    [id, sha256],
  );
  return id;
}

it('a request waits, and isn’t judged, while the policy is older than the foundation allows', async () => {
  const begin = Date.now();
  let days = 0;
  const context = await contextAt(() => new Date(begin + days * day));
  const pass = async (after: number): Promise<{ status: unknown; step: unknown; summary: string }> => {
    days = after;
    followed.setTime(context.now());
    const id = await submitted();
    await processRequest(context, { lease: await leased(database, id) });
    const [row] = await database.query('SELECT * FROM signer.request_state WHERE request_id = $1', [id]);
    return row as { status: unknown; step: unknown; summary: string };
  };
  // A signer's first start, before anything is written.
  await context.journal.check();
  await context.clock.compare();
  await context.policy.refresh();
  await followed.accepted(async (tree) => {
    const file = path.join(tree, 'foundation.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('alarmDays: 30', 'alarmDays: 10\n  stopDays: 20'));
  }, 'demo-maintainer');
  await context.policy.refresh();
  // Under a policy that is young enough it is judged: refused here, for want of a certificate.
  expect(await pass(19.9)).toMatchObject({ status: 'denied', step: 'policy' });
  const stopped = await pass(20.1);
  expect(stopped).toMatchObject({ status: 'checking', step: 'policy' });
  expect(stopped.summary).toContain('lets nothing be signed under one so old');
});

it('a request waits, and isn’t judged, while the host’s clock isn’t believed', async () => {
  let ahead = 0;
  const context = await contextAt(
    () => new Date(),
    () => new Date(Date.now() + ahead),
  );
  followed.setTime(null);
  await context.clock.compare();
  ahead = day;
  const id = await submitted();
  await processRequest(context, { lease: await leased(database, id) });
  const [row] = await database.query('SELECT * FROM signer.request_state WHERE request_id = $1', [id]);
  expect(row).toMatchObject({ status: 'checking', step: 'policy' });
  expect((row as { summary: string }).summary).toContain('clock jumped 86400 s ahead');
});
