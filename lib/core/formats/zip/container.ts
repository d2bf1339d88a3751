import type { Container } from '../container.ts';
import { openZipEntry, readZip } from './read-zip.ts';
import { rewriteZip } from './rewrite-zip.ts';

export const zipContainer: Container = {
  recognisedAs: 'zip',
  async *open(source, budget) {
    const { entries } = await readZip(source, budget);
    for (const entry of entries) {
      const { path, type, issues } = entry;
      yield { path, type, issues, content: openZipEntry(source, entry, budget.limits) };
    }
  },
  rewrite(source, budget, replace) {
    return rewriteZip(source, budget, {
      replace(entry) {
        const replacement = replace(entry);
        return Promise.resolve(replacement === null ? null : () => replacement.content());
      },
    });
  },
};
