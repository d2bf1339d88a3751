/**
 * Tags, attributes and text of a page as a browser would split them, for looking things up in it: one pass in linear time,
 * nothing thrown for any text. It builds no tree and cleans nothing; what comes out is not safe to show as HTML.
 */
import { decodeEntities } from './entities.ts';

export type HtmlToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string };

export const htmlCharactersMax = 2 * 1024 * 1024;
const attributesMax = 64;
/** A longer value is left out: cut short, an address would be another address. */
const valueCharactersMax = 4_096;
const nameCharactersMax = 64;

/** Nobody sees their content on the page, and markup in it is none. */
const rawElements: ReadonlySet<string> = new Set([
  ...['script', 'style', 'title', 'textarea', 'noscript'],
  ...['iframe', 'xmp', 'noembed', 'noframes'],
]);

/** Comments are left out, and so is all that is inside script, style, template and the like. */
export function* tokensOf(html: string): Generator<HtmlToken, void, undefined> {
  const page = html.slice(0, htmlCharactersMax);
  let templates = 0;
  let at = 0;
  while (at < page.length) {
    const { token, end } = readToken(page, at);
    at = end;
    if (token === null) continue;
    if (token.kind === 'open' && rawElements.has(token.name)) {
      at = endOfRaw(page, end, token.name);
    } else if (token.kind !== 'text' && token.name === 'template') {
      templates = Math.max(0, templates + (token.kind === 'open' ? 1 : -1));
    } else if (templates === 0) {
      yield token;
    }
  }
}

interface Read {
  readonly token: HtmlToken | null;
  /** Always behind where reading started. */
  readonly end: number;
}

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /^[a-z]$/i.test(character);
const isSpace = (character: string): boolean => /^[ \t\n\f\r]$/.test(character);

function readToken(page: string, at: number): Read {
  if (page[at] !== '<') return readText(page, at);
  const next = page[at + 1];
  if (isLetter(next)) return readTag(page, at + 1, 'open');
  if (next === '/' && isLetter(page[at + 2])) return readTag(page, at + 2, 'close');
  if (next === '!' || next === '?' || next === '/') return { token: null, end: endOfComment(page, at) };
  return readText(page, at);
}

function readText(page: string, at: number): Read {
  // The first character is text even where it is <, as in 1 < 2.
  const bracket = page.indexOf('<', at + 1);
  const end = bracket === -1 ? page.length : bracket;
  return { token: { kind: 'text', text: decodeEntities(page.slice(at, end), 'text') }, end };
}

function endOfComment(page: string, at: number): number {
  if (!page.startsWith('<!--', at)) return behind(page, '>', at);
  if (page.startsWith('>', at + 4)) return at + 5;
  if (page.startsWith('->', at + 4)) return at + 6;
  return behind(page, '-->', at + 4);
}

function behind(page: string, sought: string, from: number): number {
  const found = page.indexOf(sought, from);
  return found === -1 ? page.length : found + sought.length;
}

/** Where the end tag of a raw element starts. Quotes, comments and other tags in it mean nothing. */
function endOfRaw(page: string, from: number, name: string): number {
  let at = page.indexOf('</', from);
  while (at !== -1) {
    const behindName = at + 2 + name.length;
    const isSame = page.slice(at + 2, behindName).toLowerCase() === name;
    if (isSame && /^[ \t\n\f\r/>]?$/.test(page.charAt(behindName))) return at;
    at = page.indexOf('</', at + 2);
  }
  return page.length;
}

function readTag(page: string, at: number, kind: 'open' | 'close'): Read {
  const nameEnd = endOfWord(page, at, '/>');
  const name = page.slice(at, Math.min(nameEnd, at + nameCharactersMax)).toLowerCase();
  const attributes = new Map<string, string>();
  let position = nameEnd;
  while (position < page.length) {
    const character = page.charAt(position);
    if (character === '>') {
      return {
        token: kind === 'open' ? { kind, name, attributes } : { kind, name },
        end: position + 1,
      };
    }
    position =
      character === '/' || isSpace(character) ? position + 1 : readAttribute(page, position, attributes);
  }
  // A tag that never ends is none.
  return { token: null, end: page.length };
}

/** Puts the attribute into the map, the first of a name only, and returns where it ends. */
function readAttribute(page: string, at: number, attributes: Map<string, string>): number {
  // A name may start with =, whatever that is good for.
  const nameEnd = endOfWord(page, at + 1, '/>=');
  const value = readValue(page, nameEnd);
  if (nameEnd - at > nameCharactersMax || attributes.size >= attributesMax) return value.end;
  const name = page.slice(at, nameEnd).toLowerCase();
  const isShort = value.to - value.from <= valueCharactersMax;
  if (isShort && !attributes.has(name)) {
    attributes.set(name, decodeEntities(page.slice(value.from, value.to), 'attribute'));
  }
  return value.end;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

function readValue(page: string, at: number): Span {
  const equals = skipSpace(page, at);
  if (page[equals] !== '=') return { from: at, to: at, end: equals };
  const from = skipSpace(page, equals + 1);
  const quote = page[from];
  if (quote !== '"' && quote !== "'") {
    const to = endOfWord(page, from, '>');
    return { from, to, end: to };
  }
  const closing = page.indexOf(quote, from + 1);
  const to = closing === -1 ? page.length : closing;
  return { from: from + 1, to, end: Math.min(page.length, to + 1) };
}

function skipSpace(page: string, at: number): number {
  let position = at;
  while (position < page.length && isSpace(page.charAt(position))) position++;
  return position;
}

function endOfWord(page: string, at: number, stops: string): number {
  let position = at;
  while (position < page.length) {
    const character = page.charAt(position);
    if (isSpace(character) || stops.includes(character)) break;
    position++;
  }
  return position;
}
