import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { problemReference } from './problem-reference.ts';

it('the reference of problems says of every kind what its table says', async () => {
  const file = join(import.meta.dirname, '../../docs/reference/problems.md');
  const page = await format(problemReference(), { ...(await resolveConfig(file)), parser: 'markdown' });
  await expect(page).toMatchFileSnapshot(file);
});
