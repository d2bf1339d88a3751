import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parsePortalConfig } from './index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The guide's block of YAML that begins with this setting. */
function block(file: string, key: string): Record<string, unknown> {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm);
  for (const [, , text] of blocks) {
    const settings: unknown = parse(text ?? '');
    if (typeof settings === 'object' && settings !== null && key in settings)
      return settings as Record<string, unknown>;
  }
  throw new Error(`${file} has no block with ${key}`);
}

const whole = parse(readFileSync(join(root, 'deploy/examples/portal.yaml'), 'utf8')) as Record<
  string,
  unknown
>;

it.each([
  ['docs/guides/sign-in.md', 'auth'],
  ['docs/guides/github-app.md', 'policyHost'],
  ['docs/guides/applications.md', 'codeHost'],
  ['docs/guides/applications.md', 'mail'],
  ['docs/guides/reverse-proxy.md', 'trustedProxies'],
  ['docs/guides/reverse-proxy.md', 'upload'],
  ['docs/guides/publish-without-waiting.md', 'publishing'],
  ['action/README.md', 'buildSteps'],
])('takes what %s says of %s', (file, key) => {
  const settings = { ...whole, ...block(file, key) };
  expect(Object.keys(parsePortalConfig(stringify(settings), '/etc/countersign'))).toContain(key);
});
