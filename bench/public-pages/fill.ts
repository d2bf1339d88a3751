/**
 * A foundation after many years, in its policy repository, its registry and its database. Rows and files only: nothing of it was
 * ever signed.
 */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';
import pg from 'pg';
import { requestReceived, requestReleased } from '#core/wire/journal/index.ts';
import { receivedFacts, releasedFacts } from '../../lib/core/wire/journal/examples.fixture.ts';
import {
  addEntries,
  addLargeRequest,
  entryOf,
  fillDatabase,
  findingOf,
  seededSerial,
  stepEntries,
  type SeededEntry,
} from '../../dev/seed/index.ts';
import { policyFiles } from '../policy-repository.ts';
import { requestSteps } from '../../lib/requests/index.ts';

export const size = {
  projects: Number(process.env['BENCH_PROJECTS'] ?? '3000'),
  requests: Number(process.env['BENCH_REQUESTS'] ?? '20000'),
  applications: 600,
  busiest: 'project-00042',
  /** Of all projects together; the busiest has a fifth of those that are revoked. */
  certificates: 10_000,
  revocations: 1_000,
  /** Requests with a journal of their own. */
  journals: 1_000,
  policyVersions: 150,
  files: [1_000, 10_000, 100_000],
} as const;

/** As many as the signer lists in one step of a request. */
const findingsMax = 1_400;
export const busiest = size.busiest;
/** All of its certificates are revoked. */
export const revokedProject = 'project-00007';

interface SeededCertificate {
  readonly project: string;
  readonly name: string;
  readonly serial: string;
  readonly revoked: boolean;
}

function certificates(): readonly SeededCertificate[] {
  const of = (project: string, index: number, revoked: boolean): SeededCertificate => ({
    project,
    revoked,
    name: index === 0 ? 'release' : `release-${index}`,
    serial: seededSerial(project, index),
  });
  const many = size.revocations / 5;
  const each = (size.certificates - many) / size.projects;
  const usual = Array.from({ length: size.projects }, (_, number) => {
    const project = `project-${String(number).padStart(5, '0')}`;
    const count = Math.floor((number + 1) * each) - Math.floor(number * each);
    const revoked = project === revokedProject || number % 4 === 1;
    return Array.from({ length: count }, (_one, index) =>
      of(project, index, revoked && (index === 1 || number < 10)),
    );
  }).flat();
  // A project that had one for every build.
  return [...usual, ...Array.from({ length: many }, (_, index) => of(busiest, 100 + index, true))];
}

/** Path → text of what the policies have besides the seed. */
function addedPolicies(): ReadonlyMap<string, string> {
  const files = new Map(
    [...policyFiles(size.projects)].filter(([path]) => /^(?:projects|people)\//.test(path)),
  );
  for (const { serial, project, name } of certificates().filter((certificate) => certificate.revoked)) {
    const lines = [
      ...['apiVersion: countersign/v1', 'kind: Revocation', `serial: '${serial}'`, `project: ${project}`],
      ...[`certificate: ${name}`, 'trigger: malware', 'reason: privilegeWithdrawn'],
      ...[
        `effectiveAt: '2026-10-01T00:00:00Z'`,
        `statement: ${'What was built on that day held what nobody wrote. '.repeat(8)}`,
      ],
    ];
    files.set(`revocations/${serial}.yaml`, `${lines.join('\n')}\n`);
  }
  return files;
}

/** Writes the certificates beside those of the ceremony. */
export async function addCertificates(keysDir: string): Promise<void> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const file = join(keysDir, 'registry.json');
  const registry = JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, unknown>[] };
  const model = registry.keys.find((key) => key['purpose'] === 'release');
  for (const { serial, project, name } of certificates()) {
    // Each has a key of its own, as pages list those that share one.
    const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial,
      name: `CN=Benchmark Foundation ${project}`,
      keys: pair,
      signingAlgorithm: algorithm,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2029-01-01T00:00:00Z'),
    });
    writeFileSync(join(keysDir, `${serial}.pem`), `${certificate.toString('pem')}\n`);
    registry.keys.push({ ...model, project, name, certificate: `${serial}.pem`, chain: [] });
  }
  writeFileSync(file, JSON.stringify(registry));
}

export interface Filled {
  /** Ids of requests of so many files, in the order of `size.files`. */
  readonly large: readonly string[];
  /** Newest first. */
  readonly commits: readonly string[];
}

/** `repository`: the bare one that holds the policies. */
export async function addRows(ownerUrl: string, repository: string): Promise<Filled> {
  await fillDatabase(ownerUrl, size);
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const large: string[] = [];
    for (const files of size.files) large.push(await addLargeRequest(owner, files, busiest, findingsMax));
    const { rows } = await owner.query<{ id: string }>(
      `SELECT id::text FROM portal.signing_request WHERE submitted_by = 'token:seed' AND artifact_name <> 'widget.zip'
        ORDER BY submitted_at DESC LIMIT $1`,
      [size.journals],
    );
    for (const { id } of rows) await addJournal(owner, id);
    await addShortJournals(owner);
    // A signer takes them away when it opens what arrived.
    await owner.query('DELETE FROM portal.arrival');
    const commits = await addVersions(owner, repository);
    await owner.query('ANALYZE');
    return { large, commits };
  } finally {
    await owner.end();
  }
}

/** Every step with findings of twenty files. */
async function addJournal(owner: pg.Client, id: string): Promise<void> {
  const findings = Array.from({ length: 20 }, (_, index) => findingOf('inspection.file', index));
  await addEntries(owner, id, [
    entryOf(requestReceived({ ...receivedFacts, project: busiest })),
    ...requestSteps.flatMap((step) => stepEntries(1, step, 'pass', findings)),
    entryOf(requestReleased(releasedFacts)),
  ]);
}

/** Of every other request what each has at least: that it was received, what its last step found, and how it ended. */
async function addShortJournals(owner: pg.Client): Promise<void> {
  const kept = (events: readonly SeededEntry[]): readonly string[] =>
    events.flatMap(([kind, body]) => [kind, JSON.stringify(body)]);
  const [received = '', receivedBody = ''] = kept([
    entryOf(requestReceived({ ...receivedFacts, project: busiest })),
  ]);
  const [released = '', releasedBody = ''] = kept([entryOf(requestReleased(releasedFacts))]);
  const [, [finished, finishedBody] = ['', {}]] = stepEntries(1, 'release', 'pass', [
    findingOf('release.file', 1),
  ]);
  await owner.query(
    `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
     SELECT (SELECT coalesce(max(seq), 0) FROM signer.journal) + row_number() OVER (ORDER BY request.submitted_at, n),
            request.submitted_at + n * interval '5 minutes', request.id, kind, body, repeat('0', 64),
            encode(sha256((request.id::text || n)::bytea), 'hex')
       FROM portal.signing_request AS request
       JOIN signer.request_state AS state ON state.request_id = request.id
      CROSS JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY AS entry(kind, body, n)
      WHERE (kind <> $3 OR state.status = 'completed')
        AND NOT EXISTS (SELECT FROM signer.journal AS known WHERE known.request_id = request.id)`,
    [[received, finished, released], [receivedBody, JSON.stringify(finishedBody), releasedBody], released],
  );
}

/** The commit that adds everything and those that each change a sentence of two projects, as if the signer had accepted them. */
async function addVersions(owner: pg.Client, repository: string): Promise<readonly string[]> {
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', repository, ...args], { input, encoding: 'utf8' }).trim();
  const main = git(['rev-parse', 'refs/heads/main']);
  const added = addedPolicies();
  const changing = [busiest, 'project-00043'].map((project) => `projects/${project}/project.yaml`);
  const changedIn = (version: number): ReadonlyMap<string, string> =>
    new Map(
      changing.map((path) => [
        path,
        added
          .get(path)
          ?.replace(/^tagline: .*$/m, `tagline: A program for Windows, in its version ${version}.`) ?? '',
      ]),
    );
  const stream = Array.from({ length: size.policyVersions }, (_, version) =>
    commitCommand(version, version === 0 ? added : changedIn(version), version === 0 ? main : null),
  ).join('');
  git(['fast-import', '--quiet'], stream);
  const commits = git(['rev-list', `--max-count=${size.policyVersions}`, 'refs/heads/versions']).split('\n');
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at)
     SELECT commit, NULL, ARRAY['demo-maintainer'], now() + n * interval '1 millisecond'
       FROM unnest($1::text[]) WITH ORDINALITY AS version(commit, n)`,
    [commits.toReversed()],
  );
  return commits;
}

/** A command of git-fast-import(1). */
function commitCommand(version: number, files: ReadonlyMap<string, string>, from: string | null): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return [
    `commit refs/heads/versions\ncommitter Bench <bench@countersign.example> ${1_790_000_000 + version * 60} +0000\n`,
    data(`Version ${version}`),
    from === null ? '' : `from ${from}\n`,
    ...Array.from(files, ([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
    '\n',
  ].join('');
}
