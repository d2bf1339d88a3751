import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
/** SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt. */
const apache = 'cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30';

it('carries the text of the licence that package.json names, unaltered', () => {
  const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { license: string };
  expect(license).toBe('Apache-2.0');
  expect(
    createHash('sha256')
      .update(readFileSync(join(root, 'LICENSE')))
      .digest('hex'),
  ).toBe(apache);
});
