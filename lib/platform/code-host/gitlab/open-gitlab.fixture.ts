/** A portal's GitLab on loopback. For tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeHost } from '../index.ts';
import { openCodeHosts } from '../index.ts';

export const server = 'https://gitlab.com';

const folder = mkdtempSync(join(tmpdir(), 'code-host-gitlab-'));
let tokens = 0;
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** `url`: where the fake, or what stands for it, listens. */
export function openGitLabAt(url: string, token: string, now = new Date('2026-11-28T12:00:00Z')): CodeHost {
  const tokenFile = join(folder, `token-${(tokens += 1)}`);
  writeFileSync(tokenFile, `${token}\n`);
  const { gitlab } = openCodeHosts({
    config: { codeHost: { gitlab: { server, url, tokenFile } } },
    now: () => now,
    timing: { timeoutMilliseconds: 1_000, retries: 0, secondMilliseconds: 1, limitWaitSecondsMax: 0 },
  }).named;
  if (gitlab === undefined) throw new Error('no GitLab was opened');
  return gitlab;
}
