/**
 * A strict reader of XML 1.0 for files of a known vocabulary, which come from strangers. It understands less than XML allows and
 * says so: no document type, so no entities of its own and nothing from elsewhere; names of ASCII; at most 64 levels and as many
 * elements as the caller says. Where it gives a tree, every XML parser gives the same one.
 */
import { CodedError } from '#core/error/index.ts';

/** What this reader doesn't take. */
export class XmlError extends CodedError<'XML'> {
  static override readonly errorName = 'XmlError';
  readonly line: number;
  /** Goes on after "there is". */
  readonly what: string;
  constructor(line: number, what: string) {
    super('XML', `in line ${line} there is ${what}`);
    this.line = line;
    this.what = what;
  }
}

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, joined. */
  readonly text: string;
  /** Where its tag begins in the source, in characters. */
  readonly start: number;
  /** Where its text stands, if that is all that is inside and stands there as it is; null: it is made of pieces, or escaped. */
  readonly textSpan: { readonly start: number; readonly end: number } | null;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
  readonly start: number;
  textSpan: { readonly start: number; readonly end: number } | null;
  /** Texts, comments and elements inside. */
  pieces: number;
}

const depthMax = 64;
const elementsDefault = 20_000;
const attributesMax = 64;

// Sticky, so that each looks at its own place alone: the text is read once, from front to back.
const declaration =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/y;
const openTag = /<([A-Za-z_][A-Za-z0-9._-]*(?::[A-Za-z_][A-Za-z0-9._-]*)?)/y;
const closeTag = /<\/([A-Za-z_][A-Za-z0-9._:-]*)[ \t\n]*>/y;
const attribute = /[ \t\n]+([A-Za-z_][A-Za-z0-9._:-]*)[ \t\n]*=[ \t\n]*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /[ \t\n]*(\/?)>/y;
/** What XML 1.0 §2.2 leaves out of its characters. */
const forbidden = /[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Text without byte order mark → its root element. Throws XmlError with the line. */
export function readXml(source: string, elementsMax = elementsDefault): XmlElement {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const bad = forbidden.exec(text);
  if (bad !== null) throw refuse(text, bad.index, 'a character that XML doesn’t have');
  return new Reading(text, new Places(source), elementsMax).read();
}

/** Places in the text whose line ends are one character → in the source. */
class Places {
  /** Of each line end of two characters, where it is in the text. */
  readonly #longEnds: number[] = [];

  constructor(source: string) {
    for (let at = source.indexOf('\r\n'); at !== -1; at = source.indexOf('\r\n', at + 2))
      this.#longEnds.push(at - this.#longEnds.length);
  }

  inSource(at: number): number {
    let [low, high] = [0, this.#longEnds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#longEnds[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return at + low;
  }
}

class Reading {
  readonly #text: string;
  readonly #places: Places;
  readonly #elementsMax: number;
  #at = 0;
  #elements = 0;
  #root: XmlElement | null = null;
  readonly #open: Open[] = [];

  constructor(text: string, places: Places, elementsMax: number) {
    this.#text = text;
    this.#places = places;
    this.#elementsMax = elementsMax;
  }

  read(): XmlElement {
    const head = this.#match(declaration);
    const encoding = head?.[1] ?? head?.[2] ?? 'utf-8';
    if (encoding.toLowerCase() !== 'utf-8') throw this.#refuse(`the encoding ${encoding}; expected utf-8`);
    while (this.#at < this.#text.length) this.#step();
    const last = this.#open.at(-1);
    if (last !== undefined) throw this.#refuse(`the end of <${last.name}> is missing`);
    if (this.#root === null) throw this.#refuse('no element');
    return this.#root;
  }

  #step(): void {
    const text = this.#text;
    if (text[this.#at] !== '<') this.#readText();
    else if (text.startsWith('<!--', this.#at)) this.#skipComment();
    else if (text.startsWith('<![CDATA[', this.#at)) this.#addText(this.#until('<![CDATA[', ']]>'));
    else if (text.startsWith('<!', this.#at)) throw this.#refuse('a document type or a declaration');
    else if (text.startsWith('<?', this.#at)) throw this.#refuse('a processing instruction');
    else if (text.startsWith('</', this.#at)) this.#readClose();
    else this.#readOpen();
  }

  #readText(): void {
    const next = this.#text.indexOf('<', this.#at);
    const end = next === -1 ? this.#text.length : next;
    const raw = this.#text.slice(this.#at, end);
    if (raw.includes(']]>')) throw this.#refuse('“]]>” outside of CDATA');
    const value = this.#resolve(raw);
    // Outside the root only white space as it is: a reference there isn't well-formed.
    if (this.#open.length > 0) {
      const span = { start: this.#places.inSource(this.#at), end: this.#places.inSource(end) };
      this.#addText(value, value === raw ? span : null);
    } else if (!/^[ \t\n]*$/.test(raw)) throw this.#refuse('text outside the root element');
    this.#at = end;
  }

  #addText(value: string, span: Open['textSpan'] = null): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) throw this.#refuse('text outside the root element');
    parent.text += value;
    this.#addPiece(parent, span);
  }

  #addPiece(parent: Open | undefined, span: Open['textSpan'] = null): void {
    if (parent === undefined) return;
    parent.pieces += 1;
    parent.textSpan = parent.pieces === 1 ? span : null;
  }

  #skipComment(): void {
    if (this.#until('<!--', '-->').includes('--')) throw this.#refuse('“--” in a comment');
    this.#addPiece(this.#open.at(-1));
  }

  /** → what stands between the marks; goes on behind them. */
  #until(start: string, mark: string): string {
    const from = this.#at + start.length;
    const end = this.#text.indexOf(mark, from);
    if (end === -1) throw this.#refuse(`a “${start}” without its end`);
    this.#at = end + mark.length;
    return this.#text.slice(from, end);
  }

  #readOpen(): void {
    const start = this.#places.inSource(this.#at);
    const name = this.#match(openTag)?.[1];
    if (name === undefined) throw this.#refuse('a “<” that begins no element');
    if (this.#open.length === 0 && this.#root !== null) throw this.#refuse('a second root element');
    this.#elements += 1;
    if (this.#elements > this.#elementsMax) throw this.#refuse(`more than ${this.#elementsMax} elements`);
    if (this.#open.length >= depthMax) throw this.#refuse(`more than ${depthMax} levels of elements`);
    const attributes = this.#readAttributes();
    const element: Open = { name, attributes, children: [], text: '', start, textSpan: null, pieces: 0 };
    const end = this.#match(tagEnd);
    if (end === null) throw this.#refuse(`a <${name}> without its end`);
    if (end[1] === '/') this.#finish(element);
    else this.#open.push(element);
  }

  #readAttributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (let found = this.#match(attribute); found !== null; found = this.#match(attribute)) {
      const [, name = '', double, single] = found;
      if (attributes.has(name)) throw this.#refuse(`the attribute ${name} twice`);
      if (attributes.size >= attributesMax) throw this.#refuse(`more than ${attributesMax} attributes`);
      attributes.set(name, this.#resolve((double ?? single ?? '').replaceAll(/[\t\n]/g, ' ')));
    }
    return attributes;
  }

  #readClose(): void {
    const name = this.#match(closeTag)?.[1];
    const element = this.#open.pop();
    if (name === undefined || element?.name !== name)
      throw this.#refuse(`an end that isn’t of <${element?.name ?? ''}>`);
    this.#finish(element);
  }

  #finish(element: Open): void {
    const parent = this.#open.at(-1);
    const { pieces: _pieces, ...finished } = element;
    if (parent === undefined) this.#root = finished;
    else parent.children.push(finished);
    this.#addPiece(parent);
  }

  #resolve(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replaceAll(/&([^;&\s]{0,10};)?/g, (_all, reference: string | undefined) => {
      const character = reference === undefined ? null : characterOf(reference.slice(0, -1));
      if (character === null) throw this.#refuse('a reference (&…;) that XML doesn’t define');
      return character;
    });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #refuse(what: string): XmlError {
    return refuse(this.#text, this.#at, what);
  }
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function characterOf(reference: string): string | null {
  const digits = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(reference);
  if (digits === null) return Object.hasOwn(named, reference) ? (named[reference] ?? null) : null;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  if (code > 0x10ffff) return null;
  const character = String.fromCodePoint(code);
  return code === 0x0d || !forbidden.test(character) ? character : null;
}

function refuse(text: string, at: number, what: string): XmlError {
  return new XmlError(text.slice(0, at).split('\n').length, what);
}
