/**
 * How fast a large file comes in and goes out, against the plain file by the same server, and what memory the process takes.
 *   npm run bench:transfers [-- MEBIBYTES [ROUNDS]]
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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

const { positionals } = readOptions('usage: npm run bench:transfers -- [MEBIBYTES [ROUNDS]]   (1024 2)', {
  allowPositionals: true,
  options: {},
});
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
    upload: { sizeBytesMax: size, unusedBytesMax: 16 * size, dayBytesMax: 64 * size },
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
  const memory = (what: string): string =>
    new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 'NaN';
  const measured = async (
    name: string,
    status: number,
    work: () => Promise<{ status: number; text: string }>,
  ) => {
    const start = performance.now();
    const { status: given, text } = await work();
    if (given !== status) throw new Error(`${name}: ${given} ${text}`);
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${name.padEnd(44)} ${(mebibytes / seconds).toFixed(0).padStart(5)} MiB/s, ${seconds.toFixed(2)} s; the process has had at most ${(Number(memory('VmHWM')) / 1024).toFixed(0)} MiB`,
    );
  };
  const auth = { authorization: `Bearer ${token}` };
  const whole = { path: file, start: 0, end: size };
  /** Each time the store is as empty as at first. */
  const forget = async (): Promise<void> => {
    await owner.query('TRUNCATE portal.partial_upload, portal.upload');
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
  console.log(
    `A file of ${mebibytes} MiB at random; the server has ${(Number(memory('VmRSS')) / 1024).toFixed(0)} MiB as it begins.`,
  );
  for (let round = 1; round <= rounds; round += 1) {
    await measured('plain file in', 200, () =>
      ask(`${here}/api/plain`, { method: 'PUT', headers: { 'content-length': size }, file: whole }),
    );
    await forget();
    await measured('PUT /artifacts', 201, () =>
      ask(`${here}/api/v1/artifacts/${sha256}`, {
        method: 'PUT',
        headers: { ...auth, 'content-type': 'application/octet-stream', 'content-length': size },
        file: whole,
      }),
    );
    await forget();
    const one = await begin();
    await measured('in one part', 204, () => part(one, 0, size));
    await forget();
    const many = await begin();
    const step = 16 * 1024 * 1024;
    await measured('in parts of 16 MiB', 204, async () => {
      let last = await part(many, 0, Math.min(step, size));
      for (let at = step; at < size; at += step) last = await part(many, at, Math.min(size, at + step));
      return last;
    });
    const id = randomUUID();
    await owner.query(
      `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
       VALUES ($1, $2, $3, 'file', now())`,
      [id, sha256, size],
    );
    await openReceived(join(folder, 'released')).put({
      stream: createReadStream(file),
      expectedSha256: parseSha256Hex(sha256),
      sizeBytesMax: size,
      sizeBytesExpected: size,
    });
    await measured('plain file out', 200, () => ask(`${here}/api/plain`, { method: 'GET' }));
    const artifact = `${here}/api/v1/requests/${id}/artifact`;
    await measured('the signed artifact', 200, () => ask(artifact, { method: 'GET' }));
    await measured('its second half twice', 206, async () => {
      await ask(artifact, { method: 'GET', headers: { range: `bytes=${size / 2}-` } });
      return ask(artifact, { method: 'GET', headers: { range: `bytes=${size / 2}-` } });
    });
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
