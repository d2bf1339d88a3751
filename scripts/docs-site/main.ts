/** npm run build:docs: builds the documentation site, which the portal serves at /docs. */
import { join } from 'node:path';
import { buildDocs } from './build.ts';
import { DocsError } from './error.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'public', 'docs');
try {
  const { pages } = buildDocs(root, folder);
  console.log(`${pages.length} pages in public/docs`);
} catch (error) {
  if (!(error instanceof DocsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
