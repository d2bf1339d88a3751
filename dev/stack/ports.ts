import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StackError } from './error.ts';
import type { StackPaths } from './paths.ts';
import { stopRecordedProcess } from './process/supervise.ts';

const rememberedPorts = z.record(z.string(), z.int().min(1024).max(65535));

/** Outside the range from which operating systems take the ports of outgoing connections. */
const lowest = 20_000;
const highest = 30_000;

/** Whether nothing listens on this loopback port. */
async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function readPorts(file: string): Record<string, number> {
  if (!existsSync(file)) return {};
  try {
    return rememberedPorts.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {}; // only a convenience: a damaged file is rewritten
  }
}

export interface PortWish {
  /** Where the service had none before. */
  readonly preferred?: number;
  /** What names the previous port and can't be changed: it has to be the same one. */
  readonly named?: string;
}

/** The port this service had last time if it is free, else `preferred`, else a random free one; remembered. */
export async function choosePort(
  file: string,
  service: string,
  { preferred, named }: PortWish = {},
): Promise<number> {
  const ports = readPorts(file);
  const before = ports[service];
  if (named !== undefined && before !== undefined && !(await isPortFree(before))) {
    throw new StackError(
      'PORT_TAKEN',
      [
        `Port ${before} on 127.0.0.1 is held by another program, and ${named} name it as the address of the ${service}.`,
        `See whose it is with: ss -ltnp 'sport = :${before}' (macOS: lsof -nP -iTCP:${before} -sTCP:LISTEN).`,
        `End that program and start again. Or begin from nothing, with new keys: remove ${dirname(file)}.`,
      ].join('\n'),
    );
  }
  const taken = new Set(Object.entries(ports).flatMap(([name, port]) => (name === service ? [] : [port])));
  const candidates = [ports[service], preferred];
  for (let attempt = 0; attempt < 100; attempt++) candidates.push(randomInt(lowest, highest));
  for (const port of candidates) {
    if (port === undefined || taken.has(port) || !(await isPortFree(port))) continue;
    // Read again: another service may have been given its port while this one was looking.
    writeFileSync(file, `${JSON.stringify({ ...readPorts(file), [service]: port }, null, 2)}\n`);
    return port;
  }
  throw new StackError(
    'NO_FREE_PORT',
    `${service}: no free port between ${lowest} and ${highest} on 127.0.0.1`,
  );
}

/**
 * Starts a service on its port; when somebody else took the port meanwhile, tries again on another. A process of this
 * service that an earlier, killed run left behind is ended first: it holds the port.
 */
export async function startOnPort<T>(
  paths: Pick<StackPaths, 'ports' | 'pids'>,
  service: string,
  start: (port: number) => Promise<T>,
  wish: PortWish = {},
): Promise<T> {
  await stopRecordedProcess(join(paths.pids, `${service}.json`));
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(paths.ports, service, wish);
    try {
      return await start(port);
    } catch (error) {
      if (attempt >= 3 || (await isPortFree(port))) throw error;
    }
  }
}
