import { join } from 'node:path';
import { startNodeService } from '../node-service.ts';
import { projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import type { RunningService } from '../service.ts';

export type RunningCodeHost = RunningService;

/** Replaces github.com on a machine without internet: repositories to apply for, and their data. */
export async function startCodeHostService(paths: StackPaths): Promise<RunningCodeHost> {
  return startOnPort(paths, 'code-host', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const health = async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;
    const script = join(projectDirectory, 'dev/github/main.ts');
    const running = await startNodeService(paths, {
      name: 'code-host',
      args: [script, '--port', String(port)],
      health,
    });
    return { name: 'code-host', pid: running.pid, url, port, health, stop: () => running.stop() };
  });
}
