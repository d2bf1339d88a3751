import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { journalKinds } from '#core/wire/journal/index.ts';
import { journalReference } from './journal-reference.ts';

describe('the reference of the journal’s events', () => {
  it('says of every event and member what its record says', async () => {
    const file = join(import.meta.dirname, '../../docs/reference/journal.md');
    const page = await format(journalReference(), { ...(await resolveConfig(file)), parser: 'markdown' });
    await expect(page).toMatchFileSnapshot(file);
  });

  it('has a sentence for every event, and a meaning for every member', () => {
    const page = journalReference();
    for (const kind of journalKinds) expect(page).toContain(`\n## \`${kind}\`\n\n`);
    expect(page.split('\n').filter((line) => /\| +\|$/.test(line))).toEqual([]);
  });
});
