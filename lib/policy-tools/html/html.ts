/**
 * Just enough of HTML to find links and headings: one pass, no backtracking, nothing thrown. Not a parser: its result
 * for broken markup is only ever shown to people.
 */

export interface HtmlPiece {
  /** Lower case; null for text. */
  readonly tag: string | null;
  readonly closes: boolean;
  readonly href: string | null;
  readonly text: string;
}

const charactersMax = 2 * 1024 * 1024;
const piecesMax = 200_000;
/** Their content isn't text of the page. */
const silent: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript', 'svg', 'title']);

export function piecesOf(html: string): readonly HtmlPiece[] {
  const page = html.slice(0, charactersMax);
  const pieces: HtmlPiece[] = [];
  let at = 0;
  let skipTo: string | null = null;
  while (at < page.length && pieces.length < piecesMax) {
    const open = page.indexOf('<', at);
    const end = open === -1 ? page.length : open;
    if (end > at && skipTo === null) pieces.push(textPiece(page.slice(at, end)));
    if (open === -1) break;
    if (page.startsWith('<!--', open)) {
      const close = page.indexOf('-->', open + 4);
      at = close === -1 ? page.length : close + 3;
      continue;
    }
    const close = endOfTag(page, open);
    if (close === -1) break;
    const tag = tagPiece(page.slice(open + 1, close));
    at = close + 1;
    if (tag === null) continue;
    if (skipTo !== null) {
      if (tag.closes && tag.tag === skipTo) skipTo = null;
      continue;
    }
    if (tag.tag !== null && silent.has(tag.tag) && !tag.closes) skipTo = tag.tag;
    else pieces.push(tag);
  }
  return pieces;
}

/** A > inside quotes doesn't end a tag. -1: it never ends. */
function endOfTag(page: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < page.length; at++) {
    const character = page[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at;
  }
  return -1;
}

function tagPiece(inside: string): HtmlPiece | null {
  const closes = inside.startsWith('/');
  const name = /^[a-zA-Z][a-zA-Z0-9-]{0,30}/.exec(closes ? inside.slice(1) : inside)?.[0];
  if (name === undefined) return null;
  const tag = name.toLowerCase();
  return { tag, closes, href: tag === 'a' && !closes ? hrefOf(inside.slice(name.length)) : null, text: '' };
}

function hrefOf(attributes: string): string | null {
  const found =
    /(?:^|[\s"'/])href\s{0,20}=\s{0,20}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))/i.exec(
      attributes.slice(0, 10_000),
    );
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? null : decodeEntities(value).trim();
}

const textPiece = (text: string): HtmlPiece => ({
  tag: null,
  closes: false,
  href: null,
  text: decodeEntities(text),
});

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  ndash: '–',
  mdash: '—',
  hyphen: '-',
  dash: '-',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
};

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (name.startsWith('#')) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    const lower = name.toLowerCase();
    return Object.hasOwn(named, lower) ? (named[lower] ?? whole) : whole;
  });
}
