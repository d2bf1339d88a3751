/** Cabinets as the signer opens them, and packs them again around files that it signed. */
import type { Container } from '../container.ts';
import { openEachFile } from './each-file.ts';
import { rewriteCab } from './rewrite-cab.ts';

export const cabContainer: Container = {
  recognisedAs: 'cab',
  async *open(source, budget) {
    for await (const { path, issues, content } of openEachFile(source, budget))
      yield { path, type: 'file', issues, content };
  },
  rewrite: rewriteCab,
};
