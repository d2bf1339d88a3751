import { join } from 'node:path';
import { programArguments } from '../../../scripts/processes/program.ts';
import { startNodeService } from '../node-service.ts';
import { projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import type { RunningService } from '../service.ts';
import { ensurePortalBuild } from './build.ts';

/** How a portal is run: `production` as it is built, `development` from its sources, with pages that follow them. */
export type PortalMode = 'production' | 'development';

/** Two, so that a demo has its address whatever else runs. */
const preferredPorts = { production: 4400, development: 4500 } as const;

const program = (mode: PortalMode): readonly string[] =>
  mode === 'production' ? programArguments('portal') : [join(projectDirectory, 'dev/live/portal.ts')];

/**
 * Starts the portal on loopback, its production build where it isn't to follow its sources. Its configuration names its own public URL, so it is written
 * when the port is known: `writeConfiguration` gets the URL and answers with the file.
 */
export async function startPortal(
  paths: StackPaths,
  writeConfiguration: (publicUrl: string) => string | Promise<string>,
  report: (message: string) => void = () => undefined,
  mode: PortalMode = 'production',
): Promise<RunningService> {
  if (mode === 'production') await ensurePortalBuild(paths, report);
  return startOnPort(
    paths,
    'portal',
    async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const health = async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) })).ok;
      const running = await startNodeService(paths, {
        name: 'portal',
        args: [...program(mode), '--hostname', '127.0.0.1', '--port', String(port)],
        env: {
          NODE_ENV: mode,
          NEXT_TELEMETRY_DISABLED: '1',
          NEXTAUTH_URL: url,
          COUNTERSIGN_PORTAL_CONFIG: await writeConfiguration(url),
        },
        health,
      });
      return { name: 'portal', pid: running.pid, url, port, health, stop: () => running.stop() };
    },
    { preferred: preferredPorts[mode] },
  );
}
