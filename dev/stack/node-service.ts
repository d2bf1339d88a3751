import { join } from 'node:path';
import { pinnedNode, projectDirectory, type StackPaths } from './paths.ts';
import { startProcess, waitUntilHealthy, type RunningProcess } from './process/supervise.ts';

export interface NodeServiceSpecification {
  readonly name: string;
  /** the script and its arguments */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly health: (running: RunningProcess) => Promise<boolean>;
  readonly timeoutSeconds?: number;
}

/** Starts one of the project's own programs in the background and waits until it is ready; ends it if it isn't. */
export async function startNodeService(
  paths: Pick<StackPaths, 'pids' | 'logs'>,
  { name, args, env = {}, health, timeoutSeconds = 300 }: NodeServiceSpecification,
): Promise<RunningProcess> {
  const running = await startProcess({
    name,
    command: pinnedNode,
    args,
    pidFile: join(paths.pids, `${name}.json`),
    logFile: join(paths.logs, `${name}.log`),
    cwd: projectDirectory,
    env: { ...process.env, ...env },
  });
  try {
    await waitUntilHealthy(running, () => health(running), timeoutSeconds);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}
