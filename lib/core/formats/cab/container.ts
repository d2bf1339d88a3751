/** Cabinets as the signer opens them, and packs them again around files that it signed. */
import type { ArchiveIssue } from '../archive/index.ts';
import { showName } from '../archive/index.ts';
import type { Container } from '../container.ts';
import { openCab } from './read-cab.ts';
import { rewriteCab } from './rewrite-cab.ts';

export const cabContainer: Container = {
  recognisedAs: 'cab',
  async *open(source, budget) {
    for await (const { path, issues, content, aliases } of openCab(source, budget)) {
      yield { path, type: 'file', issues, content };
      // Each name needs bytes of its own, or signing one file would change another.
      for (const alias of aliases)
        yield {
          path: alias.path,
          type: 'file',
          issues: [...alias.issues, shared(path, alias.path)],
          content: none(),
        };
    }
  },
  rewrite: rewriteCab,
};

function shared(path: string, alias: string): ArchiveIssue {
  return {
    code: 'OVERLAP',
    message: `${showName(alias)} and ${showName(path)} are the same bytes of the cabinet.`,
    fix: 'Pack equal files one by one (WiX: SuppressSmartCabbing), or declare the cabinet without `contents`.',
  };
}

async function* none(): AsyncGenerator<Uint8Array> {
  // An alias has no content of its own.
}
