/** Whether what came back is signed and timestamped, by somebody else's program. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { FoundationUnderTest } from './foundation-under-test.ts';

/** The demo's package, unpacked beside itself: its program by osslsigncode. */
export async function expectSigned(
  system: FoundationUnderTest,
  workspace: string,
  file: string,
): Promise<void> {
  const run = promisify(execFile);
  await run('tar', ['-xzf', join(workspace, file), '-C', workspace]);
  const root = system.foundation.keys.rootCertificate;
  const trusted = ['-CAfile', root, '-TSA-CAfile', root];
  const program = join(workspace, 'package/esbuild.exe');
  const { stdout } = await run('osslsigncode', ['verify', ...trusted, '-in', program]);
  expect(stdout).toMatch(/^\s*Signature verification: ok/m);
  expect(stdout).toMatch(/Timestamp Server Signature verification: ok/);
}
