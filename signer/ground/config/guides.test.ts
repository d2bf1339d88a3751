import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readConfig } from './index.ts';

const guides = join(import.meta.dirname, '..', '..', '..', 'docs', 'guides');
const folder = mkdtempSync(join(tmpdir(), 'countersign-signer-guides-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The guide's block of YAML that begins with this setting. */
function block(file: string, key: string): Record<string, unknown> {
  for (const [, text] of readFileSync(join(guides, file), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)) {
    const settings: unknown = parse(text ?? '');
    if (typeof settings === 'object' && settings !== null && key in settings)
      return settings as Record<string, unknown>;
  }
  throw new Error(`${file} has no block with ${key}`);
}

const example = join(import.meta.dirname, '..', '..', '..', 'deploy', 'examples', 'signer.yaml');
const whole = parse(readFileSync(example, 'utf8')) as Record<string, unknown>;

it.each([
  ['code-host.md', 'codeHosts'],
  ['trust-roots.md', 'trustRoots'],
  ['scanning.md', 'scanner'],
])('takes what %s says of %s', (file, key) => {
  const path = join(folder, 'signer.yaml');
  writeFileSync(path, stringify({ ...whole, ...block(file, key) }));
  // What systemd hands the process, as the guide's unit names it.
  writeFileSync(join(folder, 'database-signer'), 'a password\n', { mode: 0o600 });
  expect(Object.keys(readConfig(path, { CREDENTIALS_DIRECTORY: folder }))).toContain(key);
});
