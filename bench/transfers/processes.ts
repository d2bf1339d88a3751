/** Memory of processes, as Linux tells it, and the command as one. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of a process that lives, in MiB: resident now, and at most since the peak was forgotten. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (what: string): number =>
    Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

/** From now on `peak` is of what comes (proc(5), clear_refs). */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

const lookMilliseconds = 25;

/** The command of this tree with its own start → its exit status, what it said, and the most memory that it had. */
export async function runCommand(
  args: readonly string[],
  token: string,
): Promise<{ readonly status: number; readonly text: string; readonly peakMebibytes: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../cli/main.ts'), ...args], {
    env: { ...process.env, COUNTERSIGN_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid = 0 } = child;
  let [text, peakMebibytes] = ['', 0];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (said: string) => (text += said));
  const look = setInterval(() => {
    try {
      const { peak } = memoryOf(pid);
      if (peak > peakMebibytes) peakMebibytes = peak;
    } catch {
      // It has ended between two looks.
    }
  }, lookMilliseconds);
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  clearInterval(look);
  return { status, text, peakMebibytes };
}
