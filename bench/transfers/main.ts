/**
 * How fast a large file comes in and goes out, by the routes and by the command, as a ratio to the plain file by the same server, and what
 * memory each process takes.
 *   npm run bench:transfers [-- MEBIBYTES [ROUNDS] [--at-once 100]]
 * `--at-once`: in the end the file once more as so many uploads at the same time, each of a part of it, after the same by one at a time.
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../../dev/stack/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { seedCommit } from '#core/policy/seed.fixture.ts';
import { openReceived } from '../../lib/platform/storage/index.ts';
import { apiTokenSha256, formatApiToken } from '../../lib/platform/api-token/index.ts';
import { migrateDatabase } from '../../scripts/database/migrate.ts';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { forgetPeak, memoryOf, runCommand } from './processes.ts';

const usage = 'usage: npm run bench:transfers -- [MEBIBYTES [ROUNDS]] [--at-once NUMBER]   (1024 2)';
const { positionals, values } = readOptions(usage, {
  allowPositionals: true,
  options: { 'at-once': { type: 'string', default: '0' } },
});
const atOnce = Number(values['at-once']);
const mebibytes = Number(positionals[0] ?? 1024);
const rounds = Number(positionals[1] ?? 2);
const size = mebibytes * 1024 * 1024;
const project = 'esbuild-demo';

function makeFile(file: string): string {
  const hash = createHash('sha256');
  const handle = openSync(file, 'w');
  for (let part = 0; part < mebibytes; part += 1) {
    const chunk = randomBytes(1024 * 1024);
    hash.update(chunk);
    writeSync(handle, chunk);
  }
  return hash.digest('hex');
}

async function digestOf(file: string, start: number, end: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { start, end: end - 1 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

interface Sent {
  readonly method: string;
  readonly headers?: Record<string, string | number>;
  /** From which byte on. */
  readonly file?: { readonly path: string; readonly start: number; readonly end: number };
  readonly body?: string;
}

/** → the status and the head; what comes is read and forgotten, but for a short answer. */
const ask = (url: string, { method, headers = {}, file, body }: Sent) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; bytes: number; text: string }>(
    (resolve, reject) => {
      const sending = request(url, { method, headers, agent: false }, (answer) => {
        let [bytes, text] = [0, ''];
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes < 10_000) text += chunk.toString();
        });
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text }),
        );
      });
      sending.on('error', reject);
      if (file === undefined) sending.end(body);
      else
        createReadStream(file.path, { start: file.start, end: file.end - 1, highWaterMark: 256 * 1024 }).pipe(
          sending,
        );
    },
  );

const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-bench-')));
const folder = mkdtempSync(join(tmpdir(), 'countersign-transfers-'));
let stopServer = (): void => undefined;
const postgres = await startPostgres(paths, { durable: true });
try {
  const urls = await postgres.prepareDatabase();
  await migrateDatabase({ ownerUrl: urls.owner });
  const file = join(folder, 'file');
  const sha256 = makeFile(file);
  const owner = new pg.Client({ connectionString: urls.owner });
  owner.on('error', () => undefined); // its server is stopped
  await owner.connect();
  const token = formatApiToken(randomBytes(32));
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [seedCommit],
  );
  await owner.query(
    `INSERT INTO portal.api_token (id, project_slug, name, token_sha256, policies, created_by, created_by_host, created_by_id,
       created_at, expires_at)
     VALUES ($1, $2, 'bench', $3, '{}', 'person:demo-maintainer', 'github', '900001', now(), now() + interval '1 day')`,
    [randomUUID(), project, apiTokenSha256(token)],
  );
  for (const name of ['artifacts', 'released', 'keys']) mkdirSync(join(folder, name));
  const config = JSON.stringify({
    databaseUrl: urls.portal,
    artifactStore: join(folder, 'artifacts'),
    releasedStore: join(folder, 'released'),
    policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
    publicUrl: 'http://127.0.0.1:1',
    keysDir: join(folder, 'keys'),
    auth: { secretFile: join(folder, 'secret') },
    upload: {
      sizeBytesMax: size,
      unusedBytesMax: 16 * size,
      dayBytesMax: 64 * size,
      ...(atOnce === 0 ? {} : { limits: { atOncePerSender: atOnce, atOncePerNetwork: atOnce } }),
    },
  });
  const server = spawn(process.execPath, [join(import.meta.dirname, 'server.ts')], {
    env: { ...process.env, CONFIG: config, FOLDER: folder, PLAIN: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stopServer = () => void server.kill('SIGTERM');
  const [port] = await new Promise<string[]>((resolve) =>
    createInterface(server.stdout).once('line', (line) => resolve([line])),
  );
  const here = `http://127.0.0.1:${port}`;
  const { pid = 0 } = server;
  /** Of the plain file in this round, by direction. */
  const plain = { in: Number.NaN, out: Number.NaN };
  const measured = async (
    name: string,
    direction: 'in' | 'out',
    work: () => Promise<{ readonly status: number; readonly text: string; readonly peakMebibytes?: number }>,
    status: number,
  ) => {
    forgetPeak(pid);
    const start = performance.now();
    const { status: given, text, peakMebibytes } = await work();
    if (given !== status) throw new Error(`${name}: ${given} ${text}`);
    const seconds = (performance.now() - start) / 1000;
    const isPlain = name.startsWith('plain');
    if (isPlain) plain[direction] = seconds;
    const own = peakMebibytes === undefined ? '' : `, command at most ${peakMebibytes.toFixed(0)}`;
    console.log(
      [
        name.padEnd(28),
        `${(mebibytes / seconds).toFixed(0).padStart(6)} MiB/s`,
        `${seconds.toFixed(2).padStart(8)} s`,
        isPlain ? '  1   plain' : `${(seconds / plain[direction]).toFixed(2).padStart(6)} × plain`,
        `  MiB: server at most ${memoryOf(pid).peak.toFixed(0)}${own}`,
      ].join(' '),
    );
  };
  const auth = { authorization: `Bearer ${token}` };
  const whole = { path: file, start: 0, end: size };
  /** Each time the store is as empty as at first. */
  const forget = async (): Promise<void> => {
    await owner.query('TRUNCATE portal.partial_upload, portal.upload, portal.signing_request CASCADE');
    await openReceived(join(folder, 'artifacts')).remove(parseSha256Hex(sha256));
  };
  const begin = async (): Promise<string> => {
    const body = JSON.stringify({ project, sha256, size });
    const headers = {
      ...auth,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const { headers: given } = await ask(`${here}/api/v1/uploads`, { method: 'POST', headers, body });
    return `${here}/api/v1/uploads/${String(given['location']).split('/').at(-1)}`;
  };
  const part = (url: string, start: number, end: number) =>
    ask(url, {
      method: 'PATCH',
      headers: {
        ...auth,
        'content-type': 'application/partial-upload',
        'upload-offset': start,
        'content-length': end - start,
      },
      file: { path: file, start, end },
    });
  const newestRequest = async (): Promise<string> => {
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM portal.signing_request ORDER BY submitted_at DESC LIMIT 1',
    );
    return rows[0]?.id ?? '';
  };
  console.log(
    `A file of ${mebibytes} MiB at random; the server has ${memoryOf(pid).now.toFixed(0)} MiB as it begins. Times in the ratio to the plain file’s, the same way, in the same round.`,
  );
  for (let round = 1; round <= rounds; round += 1) {
    const length = { 'content-length': size };
    const plainIn = () => ask(`${here}/api/plain`, { method: 'PUT', headers: length, file: whole });
    await measured('plain file in', 'in', plainIn, 200);
    await forget();
    const put = () =>
      ask(`${here}/api/v1/artifacts/${sha256}`, {
        method: 'PUT',
        headers: { ...auth, ...length, 'content-type': 'application/octet-stream' },
        file: whole,
      });
    await measured('PUT /artifacts', 'in', put, 201);
    await forget();
    const one = await begin();
    await measured('in one part', 'in', () => part(one, 0, size), 204);
    await forget();
    const many = await begin();
    const step = 16 * 1024 * 1024;
    const inParts = async () => {
      let last = await part(many, 0, Math.min(step, size));
      for (let at = step; at < size; at += step) last = await part(many, at, Math.min(size, at + step));
      return last;
    };
    await measured('in parts of 16 MiB', 'in', inParts, 204);
    await forget();
    const command = (...args: readonly string[]) => runCommand([...args, '--url', here], token);
    const submit = () => command('submit', file, '--project', project, '--policy', 'test-signing');
    await measured('countersign submit', 'in', submit, 0);
    const id = await newestRequest();
    await owner.query(
      `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
       VALUES ($1, $2, $3, 'file', now())`,
      [id, sha256, size],
    );
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
       VALUES ($1, 'completed', 'release', 1, 'Signed.', now())`,
      [id],
    );
    await openReceived(join(folder, 'released')).put({
      stream: createReadStream(file),
      expectedSha256: parseSha256Hex(sha256),
      sizeBytesMax: size,
      sizeBytesExpected: size,
    });
    await measured('plain file out', 'out', () => ask(`${here}/api/plain`, { method: 'GET' }), 200);
    const artifact = `${here}/api/v1/requests/${id}/artifact`;
    await measured('the signed artifact', 'out', () => ask(artifact, { method: 'GET' }), 200);
    const half = () => ask(artifact, { method: 'GET', headers: { range: `bytes=${size / 2}-` } });
    await measured('its second half twice', 'out', () => half().then(half), 206);
    const output = join(folder, `downloaded-${round}`);
    await measured('countersign download', 'out', () => command('download', id, '--output', output), 0);
    rmSync(output);
  }
  if (atOnce > 0) {
    const length = Math.floor(size / atOnce);
    const parts = Array.from({ length: atOnce }, (_, at) => ({ start: at * length, end: (at + 1) * length }));
    const digests: string[] = [];
    for (const { start, end } of parts) digests.push(await digestOf(file, start, end));
    const putPart = (at: number) =>
      ask(`${here}/api/v1/artifacts/${digests[at] ?? ''}`, {
        method: 'PUT',
        headers: { ...auth, 'content-length': length, 'content-type': 'application/octet-stream' },
        file: { path: file, start: parts[at]?.start ?? 0, end: parts[at]?.end ?? 0 },
      });
    const forgetParts = async (): Promise<void> => {
      await owner.query('TRUNCATE portal.partial_upload, portal.upload CASCADE');
      for (const one of digests) await openReceived(join(folder, 'artifacts')).remove(parseSha256Hex(one));
    };
    await measured(
      'plain file in',
      'in',
      () => ask(`${here}/api/plain`, { method: 'PUT', headers: { 'content-length': size }, file: whole }),
      200,
    );
    await forgetParts();
    await measured(
      `${atOnce} uploads in turn`,
      'in',
      async () => {
        let last = { status: 0, text: '' };
        for (const at of parts.keys()) last = await putPart(at);
        return last;
      },
      201,
    );
    await forgetParts();
    await measured(
      `${atOnce} uploads at once`,
      'in',
      async () => {
        const all = await Promise.all(Array.from(parts.keys(), putPart));
        return all.find(({ status }) => status !== 201) ?? { status: 201, text: '' };
      },
      201,
    );
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  stopServer();
  await postgres.stop();
  removeServiceFolder(paths.postgres);
  rmSync(paths.state, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
