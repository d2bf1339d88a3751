import type { Container } from '../container.ts';
import { openZipEntry, readZip } from './read-zip.ts';
import { rewriteZip } from './rewrite-zip.ts';
import { sameZipEntries } from './same-entries.ts';

export const zipContainer: Container = {
  recognisedAs: 'zip',
  takesAdditions: true,
  async *open(source, budget) {
    const { entries } = await readZip(source, budget);
    for (const entry of entries) {
      const { path, type, issues, localOffset: offset } = entry;
      yield { path, type, issues, offset, content: openZipEntry(source, entry, budget.limits) };
    }
  },
  sameEntries: sameZipEntries,
  rewrite(source, budget, changes) {
    return rewriteZip(source, budget, {
      replace(entry) {
        const replacement = changes.replace(entry);
        return Promise.resolve(replacement === null ? null : () => replacement.content());
      },
      async after(entry) {
        if (entry.type !== 'file') return [];
        return (await changes.added(entry)).map((addition) => ({ ...addition, like: entry }));
      },
    });
  },
};
