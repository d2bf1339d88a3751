/**
 * A strict reader of XML 1.0 for small files of a known vocabulary, which come from strangers. It understands less than XML allows and
 * says so: no document type, so no entities of its own and nothing from elsewhere; names of ASCII; at most 64 levels and
 * 20,000 elements. Where it gives a tree, every XML parser gives the same one.
 */
import { NugetError } from './errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, joined. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const depthMax = 64;
const elementsMax = 20_000;
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

/** Text without byte order mark → its root element. Throws NugetError NUSPEC_XML with the line. */
export function readXml(source: string): XmlElement {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const bad = forbidden.exec(text);
  if (bad !== null) throw refuse(text, bad.index, 'a character that XML doesn’t have');
  return new Reading(text).read();
}

class Reading {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  #root: XmlElement | null = null;
  readonly #open: Open[] = [];

  constructor(text: string) {
    this.#text = text;
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
    if (this.#open.length > 0) this.#addText(value);
    else if (!/^[ \t\n]*$/.test(raw)) throw this.#refuse('text outside the root element');
    this.#at = end;
  }

  #addText(value: string): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) throw this.#refuse('text outside the root element');
    parent.text += value;
  }

  #skipComment(): void {
    if (this.#until('<!--', '-->').includes('--')) throw this.#refuse('“--” in a comment');
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
    const name = this.#match(openTag)?.[1];
    if (name === undefined) throw this.#refuse('a “<” that begins no element');
    if (this.#open.length === 0 && this.#root !== null) throw this.#refuse('a second root element');
    this.#elements += 1;
    if (this.#elements > elementsMax) throw this.#refuse(`more than ${elementsMax} elements`);
    if (this.#open.length >= depthMax) throw this.#refuse(`more than ${depthMax} levels of elements`);
    const element: Open = { name, attributes: this.#readAttributes(), children: [], text: '' };
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
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
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

  #refuse(what: string): NugetError {
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

function refuse(text: string, at: number, what: string): NugetError {
  const line = text.slice(0, at).split('\n').length;
  return new NugetError(
    'NUSPEC_XML',
    `The .nuspec is no XML that this reader takes: in line ${line} there is ${what}.`,
    'Write the .nuspec as plain XML in UTF-8, without document type and processing instructions.',
  );
}
