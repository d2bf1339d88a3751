/**
 * The service of artifacts that a runner of GitHub Actions has, on loopback: what a run uploaded is listed, and fetched by addresses that
 * are good for a minute and take no token. Twirp with JSON, as actions/toolkit (packages/artifact) speaks it; it misbehaves on demand.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  readonly id: number;
  readonly name: string;
  readonly bytes: Buffer;
  readonly type: string;
}

/** How the next blobs and answers come. */
export type ArtifactMishap =
  'other-bytes' | 'longer' | 'cut' | 'gone' | 'redirect' | 'html' | 'endless' | 'foreign-address';

export interface ArtifactsFake {
  /** A run begins: what its runner has in the environment of JavaScript actions. */
  startRun(): {
    readonly ACTIONS_RESULTS_URL: string;
    readonly ACTIONS_RUNTIME_TOKEN: string;
    upload(name: string, bytes: Uint8Array, options?: { readonly archive?: boolean }): string;
  };
  misbehave(mishap: ArtifactMishap | null): void;
  stop(): Promise<void>;
}

const prefix = '/twirp/github.actions.results.api.v1.ArtifactService/';
const addressMilliseconds = 60_000;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startArtifacts(): Promise<ArtifactsFake> {
  const runs = new Map<string, { readonly run: string; readonly job: string; readonly stored: Stored[] }>();
  const addresses = new Map<string, { readonly stored: Stored; readonly until: number }>();
  let mishap: ArtifactMishap | null = null;
  let last = 4_000_000_000;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith('/blob/')) giveBlob(request, url, response);
    else void giveAnswer(request, url, response);
  });

  function giveBlob(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const found = addresses.get(url.pathname.slice('/blob/'.length));
    // A signed address is refused together with another credential, as the store of blobs does.
    if (request.headers.authorization !== undefined) {
      refuse(response, 400, 'authorization beside a signature');
      return;
    }
    if (found === undefined || found.until < Date.now() || mishap === 'gone') {
      refuse(response, 404, 'BlobNotFound');
      return;
    }
    if (mishap === 'redirect') {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    const { stored } = found;
    const bytes =
      mishap === 'other-bytes'
        ? Buffer.alloc(stored.bytes.length, 'x')
        : mishap === 'longer'
          ? Buffer.concat([stored.bytes, stored.bytes])
          : stored.bytes;
    response.writeHead(200, {
      'content-type': stored.type,
      ...(mishap === 'cut' ? { 'content-length': bytes.length } : {}),
    });
    if (mishap === 'cut') response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    else response.end(bytes);
  }

  async function giveAnswer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const asked = JSON.parse(text === '' ? '{}' : text) as Readonly<Record<string, string | undefined>>;
    const run = runs.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (request.method !== 'POST' || !url.pathname.startsWith(prefix)) {
      refuse(response, 404, 'bad_route');
      return;
    }
    if (run === undefined) {
      refuse(response, 401, 'unauthenticated');
      return;
    }
    if (asked['workflow_run_backend_id'] !== run.run || asked['workflow_job_run_backend_id'] !== run.job) {
      refuse(response, 403, 'permission_denied');
      return;
    }
    if (mishap === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
      return;
    }
    if (mishap === 'endless') {
      response.writeHead(200).end(Buffer.alloc(2 * 1024 * 1024, ' '));
      return;
    }
    const { name_filter: name, id_filter: id } = asked;
    switch (url.pathname.slice(prefix.length)) {
      case 'ListArtifacts':
        answer(response, {
          artifacts: run.stored
            .filter(
              (one) =>
                (name === undefined || one.name === name) && (id === undefined || String(one.id) === id),
            )
            .map((one) => ({
              workflow_run_backend_id: run.run,
              workflow_job_run_backend_id: run.job,
              database_id: String(one.id),
              name: one.name,
              size: String(one.bytes.length),
              created_at: new Date().toISOString(),
              digest: `sha256:${createHash('sha256').update(one.bytes).digest('hex')}`,
            })),
        });
        return;
      case 'GetSignedArtifactURL': {
        const stored = run.stored.findLast((one) => one.name === asked['name']);
        if (stored === undefined) {
          refuse(response, 404, 'not_found');
          return;
        }
        const key = randomUUID();
        addresses.set(key, { stored, until: Date.now() + addressMilliseconds });
        answer(response, {
          signed_url:
            mishap === 'foreign-address' ? 'http://blobs.example/x' : `${base()}/blob/${key}?sig=${key}`,
        });
        return;
      }
      default:
        refuse(response, 404, 'bad_route');
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    startRun() {
      const [run, job] = [randomUUID(), randomUUID()];
      const token = `${part({ alg: 'RS256' })}.${part({ scp: `Actions.Generic Actions.Results:${run}:${job}` })}.${part(run)}`;
      const stored: Stored[] = [];
      runs.set(token, { run, job, stored });
      return {
        ACTIONS_RESULTS_URL: `${base()}/`,
        ACTIONS_RUNTIME_TOKEN: token,
        upload(name, bytes, { archive = true } = {}) {
          last += 1;
          stored.push({
            id: last,
            name,
            bytes: Buffer.from(bytes),
            type: archive ? 'application/zip' : 'application/octet-stream',
          });
          return String(last);
        },
      };
    },
    misbehave(next) {
      mishap = next;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, msg: code }));
}
