/** Readers who request one page repeatedly, each on its own connection. The parent process sends the parameters. */
import { Agent, request } from 'node:http';

export interface Load {
  readonly url: string;
  /** Base64 of bodies to POST, one after the other; left out: GET. */
  readonly posted?: { readonly type: string; readonly bodies: readonly string[] };
  /** Sent with each. */
  readonly cookie?: string;
  /** A new connection for each request, for servers that can't do otherwise. */
  readonly newConnections?: boolean;
  readonly readers: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly failed: number;
  /** Milliseconds until the last byte. */
  readonly p50: number;
  readonly p95: number;
}

function ask(
  url: string,
  agent: Agent,
  posted: { type: string; body: Buffer } | null,
  cookie: string | undefined,
): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = {
      ...(posted === null
        ? { 'accept-encoding': 'gzip' }
        : { 'content-type': posted.type, 'content-length': posted.body.length }),
      ...(cookie === undefined ? {} : { cookie }),
    };
    const asked = request(
      url,
      { agent, headers, timeout: 5000, method: posted === null ? 'GET' : 'POST' },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode === 200));
        response.on('error', () => resolve(false));
      },
    ).on('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end(posted?.body);
  });
}

async function run({
  url,
  readers,
  seconds,
  posted,
  cookie,
  newConnections = false,
}: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: !newConnections, maxSockets: readers });
  const bodies = posted?.bodies.map((body) => Buffer.from(body, 'base64')) ?? [];
  const times: number[] = [];
  let failed = 0;
  const end = performance.now() + seconds * 1000;
  const reader = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      const body = bodies[times.length % bodies.length];
      const question = posted === undefined || body === undefined ? null : { type: posted.type, body };
      if (!(await ask(url, agent, question, cookie))) failed += 1;
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { answers: times.length, failed, p50: at(0.5), p95: at(0.95) };
}

process.once('message', (input) => {
  void run(input as Load).then((result) => process.send?.(result, () => process.disconnect()));
});
