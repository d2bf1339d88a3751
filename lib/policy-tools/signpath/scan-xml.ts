/** Detects, in one pass, what the XML parser would accept without a bound or must never receive. */
import { refuse } from './source.ts';
import type { SignpathSource } from './source.ts';

const xmlDepthMax = 64;
const xmlElementsMax = 10_000;

/**
 * Refuses a document type, more than 64 levels and more than 10,000 elements. Doesn't report text that isn't well-formed:
 * the parser does. O(length of the text).
 */
export function scanXml(source: SignpathSource): void {
  const { text } = source;
  let depth = 0;
  let elements = 0;
  let at = text.indexOf('<');
  while (at >= 0) {
    const opaque = opaqueParts.find(({ open }) => text.startsWith(open, at));
    if (opaque !== undefined) {
      const end = text.indexOf(opaque.close, at + opaque.open.length);
      if (end < 0) return;
      at = text.indexOf('<', end + opaque.close.length);
      continue;
    }
    if (text.startsWith('<!', at)) {
      const message = 'A document type or entity declaration starts here.';
      refuse(source, at, 'signpath.doctype', message, 'Remove it; write values out.');
    }
    const closing = text.startsWith('</', at);
    const end = endOfTag(text, at);
    if (end < 0) return;
    if (closing) {
      depth -= 1;
    } else {
      elements += 1;
      if (elements > xmlElementsMax) {
        refuse(
          source,
          at,
          'signpath.size',
          `More than ${xmlElementsMax} elements.`,
          'Import a smaller file.',
        );
      }
      if (depth >= xmlDepthMax) {
        refuse(source, at, 'signpath.depth', `Nested deeper than ${xmlDepthMax} levels.`, 'Nest less.');
      }
      if (text[end - 1] !== '/') depth += 1;
    }
    at = text.indexOf('<', end + 1);
  }
}

const opaqueParts = [
  { open: '<!--', close: '-->' },
  { open: '<![CDATA[', close: ']]>' },
  { open: '<?', close: '?>' },
] as const;

/** Offset of the tag's `>`, quotes skipped; -1 if there is none. */
function endOfTag(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') {
      return at;
    } else if (character === '"' || character === "'") {
      quote = character;
    }
  }
  return -1;
}
