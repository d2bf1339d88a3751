/**
 * What a request leaves in the database, by table, index and kind of entry: real requests through the portal's own routes and the real
 * signer, after VACUUM. What is thrown away once it is over (jobs, uploads, leases) is counted as long as it is there.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { approve } from '../../cli/approve.ts';
import { waitFor } from '../../cli/client/index.ts';
import { submitArtifact } from '../../cli/submit.ts';
import { createToken } from '../../cli/tokens.ts';
import { askingTheHost } from '../../dev/demo/asking-the-host.ts';
import { askingPolicy, demoPolicy, demoProject } from '../../dev/demo/scenario.ts';
import { addDemoBuilds, startGitHub, startTokenService } from '../../dev/github/index.ts';
import { demoBuilds } from '../../dev/github/projects/demo-builds.ts';
import { demoRun, packageWith } from '../../dev/test/system/demo-package.ts';
import { FoundationUnderTest } from '../../dev/test/system/foundation-under-test.ts';
import { PortalUnderTest } from '../../dev/test/system/portal-under-test.ts';

/** Requests of a kind that are made before anything is measured, so that first pages of tables are there. */
const warmUp = 8;
/** Under way at once. */
const atOnce = 6;

interface Kind {
  readonly title: string;
  readonly policy: string;
  /** The signer sees the approval with the request; else it waits for people, and checks everything again. */
  readonly approvedBefore: boolean;
}

const kinds: readonly Kind[] = [
  { title: 'one pass, approved beforehand', policy: demoPolicy, approvedBefore: true },
  { title: 'two passes with an approval', policy: demoPolicy, approvedBefore: false },
  { title: 'two passes with an approval, the Git host asked', policy: askingPolicy, approvedBefore: false },
];

interface Stand {
  readonly system: FoundationUnderTest;
  readonly portal: PortalUnderTest;
  readonly token: string;
  readonly folder: string;
}

export async function database(sizes: readonly number[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-scale-'));
  const [gitHub, tokens] = await Promise.all([startGitHub(), startTokenService()]);
  addDemoBuilds(gitHub.state);
  try {
    const system = await FoundationUnderTest.start(askingTheHost({ codeHost: gitHub }));
    try {
      const portal = await PortalUnderTest.start(system, tokens, { buildKeysOf: [] });
      try {
        const { token } = await createToken({
          portal: { url: portal.url, token: null },
          project: demoProject,
          keyFile: system.keyOf('demo-maintainer'),
          name: 'bench',
          policies: [],
          days: 1,
        });
        const owner = new pg.Client({ connectionString: system.foundation.stack.database.owner });
        await owner.connect();
        const stand = { system, portal, token, folder };
        for (const requests of sizes) for (const kind of kinds) await measure(stand, owner, kind, requests);
        await owner.end();
      } finally {
        await portal.stop();
      }
    } finally {
      await system.stop();
    }
  } finally {
    await Promise.all([gitHub.stop(), tokens.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(stand: Stand, owner: pg.Client, kind: Kind, requests: number): Promise<void> {
  await make(stand, kind, warmUp);
  const before = await sizesOf(owner);
  const ids = await make(stand, kind, requests);
  const after = await sizesOf(owner);
  const grown = [...after]
    .map(([name, { bytes, of }]) => ({
      name,
      of,
      bytes: (bytes - (before.get(name)?.bytes ?? 0)) / requests,
    }))
    .filter(({ bytes }) => bytes !== 0)
    .sort((one, other) => other.bytes - one.bytes);
  const sum = grown.reduce((all, { bytes }) => all + bytes, 0);
  console.log(`\ndatabase, ${kind.title}: ${kb(sum)} a request (${requests} requests)`);
  const tables = new Map<string, number>();
  for (const { of, bytes } of grown) tables.set(of, (tables.get(of) ?? 0) + bytes);
  for (const [table, bytes] of [...tables].sort(([, one], [, other]) => other - one)) {
    const parts = grown.filter(({ of }) => of === table).map(({ name, bytes: own }) => `${name} ${kb(own)}`);
    if (Math.abs(bytes) >= 20)
      console.log(`  ${table.padEnd(30)} ${kb(bytes).padStart(8)}: ${parts.join(', ')}`);
  }
  const { rows } = await owner.query<{ what: string; times: string; body: string; stored: string }>(
    `SELECT kind || coalesce(' ' || (body::jsonb ->> 'step'), '') AS what, count(*) AS times, sum(octet_length(body)) AS body,
            sum(pg_column_size(entry.*)) AS stored
       FROM signer.journal AS entry WHERE request_id = ANY($1::uuid[]) GROUP BY 1 ORDER BY sum(pg_column_size(entry.*)) DESC`,
    [ids],
  );
  for (const { what, times, body, stored } of rows)
    console.log(
      `  ${what.padEnd(30)} ${(Number(times) / requests).toFixed(1).padStart(4)} entries, bodies ${kb(Number(body) / requests)}, rows ${kb(Number(stored) / requests)}`,
    );
}

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(2)} kB`;

/** Bytes of each table (with what is kept outside its rows) and index. */
async function sizesOf(
  owner: pg.Client,
): Promise<ReadonlyMap<string, { readonly of: string; readonly bytes: number }>> {
  await owner.query('VACUUM');
  const { rows } = await owner.query<{ name: string; of: string; bytes: string }>(
    `SELECT part.oid::regclass::text AS name, coalesce(index.indrelid, main.oid, part.oid)::regclass::text AS of,
            CASE WHEN part.relkind = 'i' THEN pg_relation_size(part.oid) ELSE pg_table_size(part.oid) END AS bytes
       FROM pg_class AS part
       JOIN pg_namespace AS schema ON schema.oid = part.relnamespace
       LEFT JOIN pg_index AS index ON index.indexrelid = part.oid
       LEFT JOIN pg_class AS main ON main.oid = index.indrelid
      WHERE part.relkind IN ('r', 'i') AND schema.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  return new Map(rows.map(({ name, of, bytes }) => [name, { of, bytes: Number(bytes) }]));
}

/** → ids of requests that were released. */
async function make(stand: Stand, kind: Kind, requests: number): Promise<readonly string[]> {
  const ids: string[] = [];
  let left = requests;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push(await one(stand, kind, `${kind.policy} ${Date.now()} ${left}`));
    }
  };
  if (kind.approvedBefore)
    while (left > 0)
      ids.push(...(await approvedBefore(stand, kind, Math.min(atOnce, left), () => (left -= 1))));
  else await Promise.all(Array.from({ length: atOnce }, work));
  await stand.portal.notify();
  return ids;
}

async function submitted({ system, portal, token, folder }: Stand, { policy }: Kind, mark: string) {
  const bytes = await packageWith(mark);
  const place = join(folder, Buffer.from(mark).toString('hex'));
  await mkdir(place);
  const artifact = join(place, 'artifact.tgz');
  await writeFile(artifact, bytes);
  const bundle = join(place, 'bundle.json');
  const run = { ...demoRun, ...demoBuilds.release };
  await writeFile(bundle, await system.attest(bytes, { run }));
  const at = { url: portal.url, token };
  const { id } = await submitArtifact({
    portal: at,
    project: demoProject,
    policy,
    artifact,
    bundle,
    parameters: {},
    idempotencyKey: null,
  });
  return { id, at, artifact, bytes };
}

const patience = { timeoutSeconds: 300 };

async function one(stand: Stand, kind: Kind, mark: string): Promise<string> {
  const { id, at, artifact } = await submitted(stand, kind, mark);
  const { status } = await waitFor(at, id, { ...patience, until: 'gate' });
  if (status !== 'waiting-for-approval') throw new Error(`${id} is ${status}`);
  const keyFile = stand.system.keyOf('demo-approver');
  await approve({ portal: at, id, decision: 'approve', keyFile, artifact, say: () => undefined });
  await released(stand, id, 2);
  return id;
}

/** The signer stands still until requests and approvals are there. */
async function approvedBefore(
  stand: Stand,
  kind: Kind,
  requests: number,
  taken: () => void,
): Promise<readonly string[]> {
  const { system } = stand;
  const { pid } = system.foundation.signer;
  const ids: string[] = [];
  process.kill(pid, 'SIGSTOP');
  try {
    for (let made = 0; made < requests; made += 1) {
      const { id, bytes } = await submitted(stand, kind, `${kind.policy} before ${Date.now()} ${made}`);
      const { rows } = await system.portal.query<{ submitted_by: string }>(
        'SELECT submitted_by FROM portal.signing_request WHERE id = $1',
        [id],
      );
      const submittedBy = rows[0]?.submitted_by ?? '';
      await system.approve(id, bytes, {
        policy: kind.policy,
        sourceCommit: demoBuilds.release.commit,
        submittedBy,
      });
      ids.push(id);
      taken();
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  for (const id of ids) await released(stand, id, 1);
  return ids;
}

async function released({ system }: Stand, id: string, passes: number): Promise<void> {
  const { status, pass, summary } = await system.untilStatus(id, 'completed', 'denied', 'failed');
  if (status !== 'completed' || pass !== passes)
    throw new Error(`${id} is ${status} after pass ${pass}: ${summary}`);
}
