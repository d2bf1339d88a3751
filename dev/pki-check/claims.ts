/** Claims, each beside what another program says of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

let failed = 0;

export const failedClaims = (): number => failed;

/** Prints the tool's output beside the expected result. */
export function claim(words: string, verdict: string, expected: RegExp): void {
  const found = expected.exec(verdict)?.[0];
  if (found === undefined) failed += 1;
  const outcome = found ?? verdict.trim().split('\n').slice(-3).join(' / ');
  console.log(
    `${found === undefined ? 'FAILED' : 'ok    '}  ${words}\n        ${outcome.replace(/\s+/g, ' ').slice(0, 160)}`,
  );
}

/** Never synchronously: the timestamp authority answers from this process. */
export async function tool(program: string, ...args: readonly string[]): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], options);
    return `${stdout}${stderr}`;
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message = '',
    } = error as {
      stdout?: string;
      stderr?: string;
      message?: string;
    };
    return `${stdout}${stderr}` || message;
  }
}
