import { programArguments } from '../../../scripts/processes/program.ts';
import { startNodeService } from '../node-service.ts';
import type { StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import type { RunningService } from '../service.ts';
import { ensurePortalBuild } from './build.ts';

const preferredPort = 4400;

/**
 * Starts the portal's production build on loopback. Its configuration names its own public URL, so it is written
 * when the port is known: `writeConfiguration` gets the URL and answers with the file.
 */
export async function startPortal(
  paths: StackPaths,
  writeConfiguration: (publicUrl: string) => string | Promise<string>,
  report: (message: string) => void = () => undefined,
): Promise<RunningService> {
  await ensurePortalBuild(paths, report);
  return startOnPort(
    paths,
    'portal',
    async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const health = async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) })).ok;
      const running = await startNodeService(paths, {
        name: 'portal',
        args: [...programArguments('portal'), '--hostname', '127.0.0.1', '--port', String(port)],
        env: {
          NODE_ENV: 'production',
          NEXT_TELEMETRY_DISABLED: '1',
          NEXTAUTH_URL: url,
          COUNTERSIGN_PORTAL_CONFIG: await writeConfiguration(url),
        },
        health,
      });
      return { name: 'portal', pid: running.pid, url, port, health, stop: () => running.stop() };
    },
    { preferred: preferredPort },
  );
}
