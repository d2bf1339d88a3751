import { join } from 'node:path';
import { pinnedNode, projectDirectory, type StackPaths } from '../paths.ts';
import { startOnPort } from '../ports.ts';
import { requireProgram } from '../process/run.ts';
import { startProcess, stopRecordedProcess, waitUntilHealthy } from '../process/supervise.ts';

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
  const pidFile = join(paths.pids, 'git-host.json');
  await stopRecordedProcess(pidFile);
  return startOnPort(paths.ports, 'git-host', async (port) => {
    const running = await startProcess({
      name: 'git-host',
      command: pinnedNode,
      args: [join(projectDirectory, 'dev/git-host/main.ts'), '--root', paths.git, '--port', String(port)],
      pidFile,
      logFile: join(paths.logs, 'git-host.log'),
      cwd: projectDirectory,
    });
    const origin = `http://127.0.0.1:${port}`;
    const health = async () => (await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;
    try {
      await waitUntilHealthy(running, health, 30);
    } catch (error) {
      await running.stop();
      throw error;
    }
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
