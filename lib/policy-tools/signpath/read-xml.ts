/**
 * XML text → elements, attributes and comments with their positions. Namespaces are resolved: only elements of
 * SignPath's namespace and attributes without one are passed on. No document type, no custom entities.
 */
import {
  parseXml,
  XmlComment,
  XmlElement,
  XmlError,
  XmlProcessingInstruction,
  XmlText,
} from '@rgrove/parse-xml';
import type { XmlDocument, XmlNode } from '@rgrove/parse-xml';
import { scanXml } from './scan-xml.ts';
import { findHidden, quoted, refuse } from './source.ts';
import type { SignpathSource } from './source.ts';

const signpathNamespace = 'http://signpath.io/artifact-configuration/v1';

export interface ConfigurationAttribute {
  readonly name: string;
  readonly value: string;
  readonly offset: number;
}

export interface ConfigurationComment {
  readonly text: string;
  readonly offset: number;
}

export interface ConfigurationElement {
  readonly name: string;
  readonly offset: number;
  readonly attributes: readonly ConfigurationAttribute[];
  readonly children: readonly ConfigurationElement[];
  /** Comments in front of this element, inside its parent. */
  readonly before: readonly ConfigurationComment[];
  /** Comments after the last child. */
  readonly after: readonly ConfigurationComment[];
}

export interface ConfigurationXml {
  readonly root: ConfigurationElement;
  /** Comments after the root element. */
  readonly after: readonly ConfigurationComment[];
  /** Processing instructions, which the signer ignores. */
  readonly instructions: readonly { readonly name: string; readonly offset: number }[];
}

/** Source → its elements. Throws SignpathError with line and column for whatever isn't well-formed or is in another namespace. */
export function readXml(source: SignpathSource): ConfigurationXml {
  scanXml(source);
  return new Reading(source).read(parse(source));
}

function parse(source: SignpathSource): XmlDocument {
  try {
    return parseXml(source.text, { includeOffsets: true, preserveComments: true });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const message = (error.message.split('\n')[0] ?? '').replace(/ \(line \d+, column \d+\)$/, '');
    const offset = unitOffset(source.text, error.pos);
    const fix = 'Correct the XML at this place.';
    return refuse(source, offset, 'signpath.xml', `Not well-formed: ${message.slice(0, 200)}.`, fix);
  }
}

/** The parser counts characters in its errors; texts are counted in UTF-16 units everywhere else. */
function unitOffset(text: string, characters: number): number {
  let offset = 0;
  for (let left = characters; left > 0 && offset < text.length; left -= 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** Declarations of one element, linked to the outer ones: never copied, so that each element costs only its own. */
interface Namespaces {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: Namespaces | null;
}

const builtIn: Namespaces = {
  declared: new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]),
  outer: null,
};

function namespaceOf(namespaces: Namespaces, prefix: string): string | null {
  for (let at: Namespaces | null = namespaces; at !== null; at = at.outer) {
    const found = at.declared.get(prefix);
    if (found !== undefined) return found;
  }
  return null;
}

class Reading {
  readonly #source: SignpathSource;
  readonly #instructions: { name: string; offset: number }[] = [];

  constructor(source: SignpathSource) {
    this.#source = source;
  }

  read(document: XmlDocument): ConfigurationXml {
    const { elements, after } = this.#children(document.children, builtIn);
    const [root] = elements;
    if (root === undefined)
      return this.#refuse(0, 'signpath.xml', 'There is no element.', 'Import an XML file.');
    return { root, after, instructions: this.#instructions };
  }

  #refuse(offset: number, rule: string, message: string, fix: string): never {
    return refuse(this.#source, offset, rule, message, fix);
  }

  #children(
    nodes: readonly XmlNode[],
    namespaces: Namespaces,
  ): { elements: ConfigurationElement[]; after: ConfigurationComment[] } {
    const elements: ConfigurationElement[] = [];
    let comments: ConfigurationComment[] = [];
    for (const node of nodes) {
      if (node instanceof XmlComment) {
        comments.push({ text: node.content, offset: node.start });
      } else if (node instanceof XmlElement) {
        elements.push(this.#element(node, namespaces, comments));
        comments = [];
      } else if (node instanceof XmlProcessingInstruction) {
        this.#instructions.push({ name: node.name, offset: node.start });
      } else if (node instanceof XmlText && node.text.trim() !== '') {
        const first = node.start + Math.max(this.#source.text.slice(node.start).search(/\S/), 0);
        const message = `Text ${quoted(node.text.trim())} is between elements.`;
        this.#refuse(first, 'signpath.text', message, 'Remove it, or make it a comment: <!-- … -->.');
      }
    }
    return { elements, after: comments };
  }

  #element(
    node: XmlElement,
    outer: Namespaces,
    before: readonly ConfigurationComment[],
  ): ConfigurationElement {
    const written = this.#attributes(node);
    const namespaces = declare(outer, written);
    const [prefix, name] = splitName(node.name);
    const namespace = namespaceOf(namespaces, prefix) ?? '';
    if (namespace !== signpathNamespace) {
      const message =
        namespace === ''
          ? `<${quoted(node.name).slice(1, -1)}> is in no namespace.`
          : `<${quoted(node.name).slice(1, -1)}> is in the namespace ${quoted(namespace)}.`;
      this.#refuse(
        node.start,
        'signpath.namespace',
        message,
        `Only elements of ${signpathNamespace} can be imported.`,
      );
    }
    const attributes = written.filter((attribute) => this.#isOwn(attribute, namespaces));
    const { elements, after } = this.#children(node.children, namespaces);
    return { name, offset: node.start, attributes, children: elements, before, after };
  }

  /** Namespace declarations and attributes such as xsi:schemaLocation have nothing to do with signing. */
  #isOwn(attribute: ConfigurationAttribute, namespaces: Namespaces): boolean {
    if (attribute.name === 'xmlns') return false;
    const colon = attribute.name.indexOf(':');
    if (colon < 0) return true;
    const prefix = attribute.name.slice(0, colon);
    if (prefix !== 'xmlns' && namespaceOf(namespaces, prefix) === null) {
      const message = `Prefix ${quoted(prefix)} is not declared.`;
      this.#refuse(attribute.offset, 'signpath.namespace', message, 'Declare it with xmlns, or remove it.');
    }
    return false;
  }

  #attributes(node: XmlElement): ConfigurationAttribute[] {
    const places = attributePlaces(this.#source.text, node.start);
    return Object.entries(node.attributes).map(([name, value]) => {
      const offset = places.get(name) ?? node.start;
      if (findHidden(value) >= 0 || /[\t\n\r]/.test(value)) {
        const message = `The value of ${name} contains an invisible character.`;
        this.#refuse(offset, 'signpath.characters', message, 'Remove it.');
      }
      return { name, value, offset };
    });
  }
}

function declare(outer: Namespaces, attributes: readonly ConfigurationAttribute[]): Namespaces {
  const declared = attributes.filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  const names = declared.map(({ name, value }) => [name === 'xmlns' ? '' : name.slice(6), value] as const);
  return { declared: new Map(names), outer };
}

function splitName(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

/** Attribute names → offsets, for a start tag that is known to be well-formed. */
function attributePlaces(text: string, start: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const pattern = /\s+([^\s=/>]+)\s*=\s*(?:"[^"]*"|'[^']*')/y;
  const name = /<[^\s/>]+/y;
  name.lastIndex = start;
  pattern.lastIndex = start + (name.exec(text)?.[0].length ?? 0);
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [whole, attribute = ''] = found;
    places.set(attribute, found.index + whole.search(/\S/));
  }
  return places;
}
