/** A file that describes builds: a stranger's YAML, read within bounds. */
import type { Document, LineCounter } from 'yaml';
import { composeOne } from '#core/yaml/index.ts';

const fileCharactersMax = 256 * 1024;

/** null: it can't be read. */
export function parseBuildFile(text: string, lines: LineCounter): Document | null {
  if (text.length > fileCharactersMax) return null;
  // Aliases stay what they are: what one stands for is looked at where it is written.
  const document = composeOne(text, { lines, aliasesMax: Number.POSITIVE_INFINITY });
  return typeof document === 'string' ? null : document;
}
