/** Readers who ask for one page again and again, each on a connection of their own. Told what by its parent process. */
import { Agent, get } from 'node:http';

export interface Load {
  readonly url: string;
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

function ask(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent, headers: { 'accept-encoding': 'gzip' } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    }).on('error', () => resolve(false));
  });
}

async function run({ url, readers, seconds }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  const times: number[] = [];
  let failed = 0;
  const end = performance.now() + seconds * 1000;
  const reader = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      if (!(await ask(url, agent))) failed += 1;
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
