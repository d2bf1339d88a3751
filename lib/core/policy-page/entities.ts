/** Character references of HTML: the numeric ones, and those names that occur in addresses and short labels. */

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['AMP', '&'],
  ['LT', '<'],
  ['GT', '>'],
  ['QUOT', '"'],
  ['nbsp', '\u00a0'],
  ['NonBreakingSpace', '\u00a0'],
  ['ensp', '\u2002'],
  ['emsp', '\u2003'],
  ['thinsp', '\u2009'],
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['shy', '\u00ad'],
  ['zwnj', '\u200c'],
  ['zwj', '\u200d'],
  ['ZeroWidthSpace', '\u200b'],
  ['hyphen', '\u2010'],
  ['dash', '\u2010'],
  ['ndash', '\u2013'],
  ['mdash', '\u2014'],
  ['minus', '\u2212'],
  ['colon', ':'],
  ['sol', '/'],
  ['period', '.'],
  ['lowbar', '_'],
  ['num', '#'],
  ['quest', '?'],
  ['equals', '='],
  ['percnt', '%'],
  ['commat', '@'],
]);
/** Browsers read these without the semicolon. */
const unterminated: readonly string[] = ['amp', 'lt', 'gt', 'quot', 'nbsp', 'shy', 'AMP', 'LT', 'GT', 'QUOT'];

const referenceCharactersMax = 24;
const replacement = '\ufffd';
const windows1252 = new TextDecoder('windows-1252');

interface Reference {
  readonly text: string;
  /** Just behind it. */
  readonly end: number;
}

export function decodeEntities(text: string, place: 'text' | 'attribute'): string {
  let ampersand = text.indexOf('&');
  if (ampersand === -1) return text;
  const parts: string[] = [];
  let done = 0;
  while (ampersand !== -1) {
    const reference = readReference(text, ampersand + 1, place);
    if (reference !== null) {
      parts.push(text.slice(done, ampersand), reference.text);
      done = reference.end;
    }
    ampersand = text.indexOf('&', reference?.end ?? ampersand + 1);
  }
  parts.push(text.slice(done));
  return parts.join('');
}

function readReference(text: string, start: number, place: 'text' | 'attribute'): Reference | null {
  return text[start] === '#' ? readNumber(text, start + 1) : readName(text, start, place);
}

function readNumber(text: string, start: number): Reference | null {
  const isHexadecimal = text[start] === 'x' || text[start] === 'X';
  const digits = isHexadecimal ? /[0-9a-f]/i : /[0-9]/;
  const first = isHexadecimal ? start + 1 : start;
  const end = endOfRun(text, first, digits);
  if (end === first) return null;
  const code = Number.parseInt(text.slice(first, end), isHexadecimal ? 16 : 10);
  return { text: characterOf(code), end: text[end] === ';' ? end + 1 : end };
}

function readName(text: string, start: number, place: 'text' | 'attribute'): Reference | null {
  const end = endOfRun(text, start, /[a-z0-9]/i);
  const name = text.slice(start, end);
  const character = text[end] === ';' ? named.get(name) : undefined;
  if (character !== undefined) return { text: character, end: end + 1 };
  const prefix = unterminated.find((one) => name.startsWith(one));
  if (prefix === undefined) return null;
  const next = text[start + prefix.length] ?? '';
  // In ?a=1&lt=2 of an address, &lt is the name of a parameter.
  if (place === 'attribute' && /[=a-z0-9]/i.test(next)) return null;
  return { text: named.get(prefix) ?? '', end: start + prefix.length + (next === ';' ? 1 : 0) };
}

function endOfRun(text: string, start: number, allowed: RegExp): number {
  const limit = Math.min(text.length, start + referenceCharactersMax);
  let end = start;
  while (end < limit && allowed.test(text.charAt(end))) end++;
  return end;
}

function characterOf(code: number): string {
  // Old pages write Windows' numbers: &#150; is a dash.
  if (code >= 0x80 && code <= 0x9f) return windows1252.decode(Uint8Array.of(code));
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : replacement;
}
