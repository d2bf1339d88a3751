/**
 * The artifacts of this run, as the runner's own service has them (actions/toolkit, packages/artifact): JSON over Twirp, with the token
 * that every JavaScript action is given. No permission of the workflow and no package are needed.
 */
import { ActionError } from '../error.ts';
import type { Environment } from '../runner/environment.ts';

export interface Artifact {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of the blob as it is stored; null: the service doesn't say. */
  readonly sha256: string | null;
}

export interface ArtifactService {
  /** Those of this run; the newest first. */
  list(by: { readonly id: string } | { readonly name: string }): Promise<readonly Artifact[]>;
  /** An address that is good for a minute, to be called without the token. */
  address(name: string): Promise<URL>;
}

const path = 'twirp/github.actions.results.api.v1.ArtifactService';
const answerBytesMax = 1024 * 1024;
const answerMilliseconds = 30_000;
const scope = /^Actions\.Results:([^:\s]{1,100}):([^:\s]{1,100})$/;

export function openArtifactService(environment: Environment): ArtifactService {
  const base = environment['ACTIONS_RESULTS_URL'] ?? '';
  const token = environment['ACTIONS_RUNTIME_TOKEN'] ?? '';
  if (base === '' || token === '') {
    throw new ActionError(
      'ARTIFACT',
      'This runner has no service of artifacts (ACTIONS_RESULTS_URL): GitHub Enterprise Server has none of this kind. Use actions/download-artifact before, and file: here.',
    );
  }
  const [run, job] = jobOf(token);
  const ids = { workflow_run_backend_id: run, workflow_job_run_backend_id: job };
  const ask = async (method: string, body: object): Promise<Readonly<Record<string, unknown>>> =>
    call(new URL(`${path}/${method}`, base.endsWith('/') ? base : `${base}/`), token, { ...ids, ...body });
  return {
    async list(by) {
      const filter = 'id' in by ? { id_filter: by.id } : { name_filter: by.name };
      const answer = await ask('ListArtifacts', filter);
      const listed = answer['artifacts'];
      if (listed !== undefined && !Array.isArray(listed)) throw unreadable('ListArtifacts');
      return ((listed ?? []) as readonly unknown[]).map(artifactOf).toSorted(newestFirst);
    },
    async address(name) {
      const answer = await ask('GetSignedArtifactURL', { name });
      const text = member(answer, 'signed_url');
      const url = typeof text === 'string' ? URL.parse(text) : null;
      if (url === null || !isSafe(url)) throw unreadable('GetSignedArtifactURL');
      return url;
    },
  };
}

/** Run and job, which the token says itself. It isn't verified: the service does that. */
function jobOf(token: string): readonly [run: string, job: string] {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const scopes = isRecord(payload) ? payload['scp'] : null;
    const found =
      typeof scopes === 'string' ? scopes.split(' ').flatMap((one) => scope.exec(one)?.slice(1) ?? []) : [];
    const [run, job] = found;
    if (run !== undefined && job !== undefined) return [run, job];
  } catch {
    // What can't be read names no job.
  }
  throw new ActionError(
    'ARTIFACT',
    'The runner’s token (ACTIONS_RUNTIME_TOKEN) names no run: this isn’t the artifact service that was expected.',
  );
}

async function call(url: URL, token: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMilliseconds),
    });
  } catch (error) {
    throw new ActionError(
      'ARTIFACT',
      `The runner’s service of artifacts can’t be reached: ${(error as Error).message}. Run the job again.`,
      error,
    );
  }
  const text = await boundedText(response);
  if (!response.ok) {
    throw new ActionError(
      'ARTIFACT',
      `The runner’s service of artifacts answered ${response.status} (${text.slice(0, 200)}).`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Named below.
  }
  throw unreadable(url.pathname.split('/').at(-1) ?? '');
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    const chunk = part as Uint8Array;
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw new ActionError('ARTIFACT', 'The runner’s service of artifacts answers without end.');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Names as in the service's description, or as JSON of protocol buffers has them by default. */
const member = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
  record[name] ?? record[name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];

function artifactOf(value: unknown): Artifact {
  if (!isRecord(value)) throw unreadable('ListArtifacts');
  // 64 bits: as text in this JSON.
  const id = String(member(value, 'database_id'));
  const size = Number(value['size'] ?? 0);
  const { name } = value;
  if (!/^\d{1,20}$/.test(id) || typeof name !== 'string' || !Number.isSafeInteger(size) || size < 0)
    throw unreadable('ListArtifacts');
  const { digest } = value;
  const sha256 = typeof digest === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  return { id, name, sizeBytes: size, sha256: sha256 ?? null };
}

const newestFirst = (a: Artifact, b: Artifact): number => (BigInt(a.id) < BigInt(b.id) ? 1 : -1);

/** Blobs are fetched encrypted; a service on this machine is a test's. */
const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

const unreadable = (method: string): ActionError =>
  new ActionError(
    'ARTIFACT',
    `The runner’s service of artifacts answered ${method} with something else than artifacts.`,
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
