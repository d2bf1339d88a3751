import { join } from 'node:path';
import { startNodeService } from '../node-service.ts';
import { projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import { requireProgram } from '../process/run.ts';

export interface RunningGitHost {
  readonly name: 'git-host';
  /** the folder of its bare repositories */
  readonly root: string;
  readonly port: number;
  /** where a repository in `root` is fetched from */
  repositoryUrl(name: string): string;
  health(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Serves the bare repositories in .countersign/git over smart HTTP on loopback. */
export async function startGitHost(paths: StackPaths): Promise<RunningGitHost> {
  requireProgram('git', 'git', 'git');
  return startOnPort(paths, 'git-host', async (port) => {
    const origin = `http://127.0.0.1:${port}`;
    const health = async () => (await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;
    const script = join(projectDirectory, 'dev/git-host/main.ts');
    const running = await startNodeService(paths, {
      name: 'git-host',
      args: [script, '--root', paths.git, '--port', String(port)],
      health,
    });
    return {
      name: 'git-host',
      root: paths.git,
      port,
      repositoryUrl: (name) => `${origin}/${name}`,
      health,
      stop: () => running.stop(),
    };
  });
}
