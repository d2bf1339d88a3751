/** Elements of an artifact configuration → their meaning, each name and value checked against SignPath's format. */
import { closest, directiveAttributes, fileKinds, setKinds } from './vocabulary.ts';
import type { FileKind } from './vocabulary.ts';
import type { Directive, Include, Item, Matches, Parameter, SignpathConfiguration } from './configuration.ts';
import { quoted, refuse } from './source.ts';
import type { SignpathSource } from './source.ts';
import type { ConfigurationAttribute, ConfigurationElement, ConfigurationXml } from './read-xml.ts';

const matchesMax = 100_000;

/** Throws SignpathError with line and column for what SignPath's format doesn't know. */
export function readConfiguration(source: SignpathSource, xml: ConfigurationXml): SignpathConfiguration {
  return new Reading(source).configuration(xml);
}

class Reading {
  readonly #source: SignpathSource;

  constructor(source: SignpathSource) {
    this.#source = source;
  }

  #refuse(offset: number, rule: string, message: string, fix: string): never {
    return refuse(this.#source, offset, `signpath.${rule}`, message, fix);
  }

  configuration({ root, after }: ConfigurationXml): SignpathConfiguration {
    if (root.name !== 'artifact-configuration') {
      this.#unknownElement(root, ['artifact-configuration']);
    }
    this.#onlyAttributes(root, []);
    const [first, ...rest] = root.children;
    const parameters = first?.name === 'parameters' ? first : null;
    const files = parameters === null ? root.children : rest;
    const [file, second] = files;
    if (file === undefined) {
      const message = 'The configuration names no file.';
      return this.#refuse(root.offset, 'root', message, 'Add one element, for example <zip-file>.');
    }
    if (second !== undefined) {
      const message = `There is a second element <${second.name}> besides <${file.name}>.`;
      this.#refuse(second.offset, 'root', message, 'Exactly one element describes the artifact.');
    }
    if (!fileKinds.has(file.name)) this.#unknownElement(file, fileKinds.keys());
    const item = this.#item(file, true);
    return {
      parameters: parameters?.children.map((child) => this.#parameter(child)) ?? [],
      parametersAfter: parameters?.after ?? [],
      root: item,
      head: [...root.before, ...(parameters?.before ?? [])],
      tail: [...root.after, ...after],
    };
  }

  #parameter(element: ConfigurationElement): Parameter {
    if (element.name !== 'parameter') this.#unknownElement(element, ['parameter']);
    this.#onlyAttributes(element, ['name', 'default-value', 'default', 'required']);
    this.#noChildren(element);
    const name = attribute(element, 'name');
    if (name === null || name.value === '') {
      return this.#refuse(element.offset, 'parameter', 'A parameter has no name.', 'Add name="…".');
    }
    const required = attribute(element, 'required');
    return {
      name,
      defaultValue: (attribute(element, 'default-value') ?? attribute(element, 'default'))?.value ?? null,
      required: required !== null && this.#boolean(required),
      before: [...element.before, ...element.after],
    };
  }

  #item(element: ConfigurationElement, isRoot: boolean): Item {
    const single = setKinds.get(element.name);
    const name = single ?? element.name;
    const kind = fileKinds.get(name);
    if (kind === undefined || (isRoot && single !== undefined)) {
      return this.#unknownElement(element, [...fileKinds.keys(), ...setKinds.keys()]);
    }
    const place = { name, kind, offset: element.offset, before: element.before, after: element.after };
    if (single !== undefined) return { ...place, ...this.#set(element, kind), isSet: true, upload: null };
    const uploads = isRoot && name === 'zip-file' ? ['ui-multifile-upload'] : [];
    const include = this.#include(element, kind, isRoot, uploads);
    return {
      ...place,
      isSet: false,
      includes: [include],
      metadata: [],
      bodyBefore: [],
      bodyAfter: [],
      ...this.#body(element, name, kind),
      upload: attribute(element, 'ui-multifile-upload'),
    };
  }

  #set(
    element: ConfigurationElement,
    kind: FileKind,
  ): Pick<Item, 'includes' | 'metadata' | 'bodyBefore' | 'bodyAfter' | 'directives' | 'items'> {
    this.#onlyAttributes(element, Object.keys(kind.metadata));
    const includes: Include[] = [];
    let body: ConfigurationElement | null = null;
    for (const child of element.children) {
      if (child.name === 'include') {
        this.#noChildren(child);
        includes.push(this.#include(child, kind, false, []));
      } else if (child.name === 'for-each') {
        if (body !== null) {
          this.#refuse(child.offset, 'set', 'There is a second <for-each>.', 'Merge the two.');
        }
        this.#onlyAttributes(child, []);
        body = child;
      } else {
        this.#unknownElement(child, ['include', 'for-each']);
      }
    }
    if (includes.length === 0) {
      this.#refuse(element.offset, 'set', `<${element.name}> includes nothing.`, 'Add <include path="…" />.');
    }
    const metadata = element.attributes;
    const name = setKinds.get(element.name) ?? element.name;
    if (body === null)
      return { includes, metadata, bodyBefore: [], bodyAfter: [], directives: [], items: [] };
    return {
      includes,
      metadata,
      bodyBefore: body.before,
      bodyAfter: body.after,
      ...this.#body(body, name, kind),
    };
  }

  #body(element: ConfigurationElement, name: string, kind: FileKind): Pick<Item, 'directives' | 'items'> {
    const directives: Directive[] = [];
    const items: Item[] = [];
    for (const child of element.children) {
      if (fileKinds.has(child.name) || setKinds.has(child.name)) {
        if (!kind.composite) {
          const message = `<${name}> can't contain other files.`;
          this.#refuse(child.offset, 'element', message, `Move <${child.name}> out of it.`);
        }
        items.push(this.#item(child, false));
      } else if (kind.directives.includes(child.name)) {
        directives.push(this.#directive(child));
      } else if (directiveAttributes.has(child.name)) {
        const takes = kind.directives.map((directive) => `<${directive}>`).join(', ');
        this.#refuse(
          child.offset,
          'element',
          `<${name}> can't contain <${child.name}>.`,
          `It may contain ${takes}.`,
        );
      } else {
        const inside = kind.composite ? [...fileKinds.keys(), ...setKinds.keys()] : [];
        this.#unknownElement(child, [...kind.directives, ...inside]);
      }
    }
    this.#verifyFirst(directives);
    return { directives, items };
  }

  #verifyFirst(directives: readonly Directive[]): void {
    const verify = directives.findIndex(({ name }) => name === 'authenticode-verify');
    const late = directives[verify];
    if (late !== undefined && directives.slice(0, verify).some(({ name }) => name === 'authenticode-sign')) {
      const message = '<authenticode-verify> comes after <authenticode-sign>.';
      this.#refuse(late.offset, 'order', message, 'Put it first: the file is verified as submitted.');
    }
  }

  #directive(element: ConfigurationElement): Directive {
    const known = directiveAttributes.get(element.name);
    if (known !== null && known !== undefined) {
      this.#onlyAttributes(element, known);
      this.#noChildren(element);
    }
    const append = element.name === 'authenticode-sign' ? attribute(element, 'append') : null;
    if (append !== null) this.#boolean(append);
    return {
      name: element.name,
      offset: element.offset,
      attributes: element.attributes,
      before: [...element.before, ...element.after],
    };
  }

  #include(element: ConfigurationElement, kind: FileKind, isRoot: boolean, more: readonly string[]): Include {
    const restrictions = Object.keys(kind.metadata);
    this.#onlyAttributes(element, ['path', 'min-matches', 'max-matches', ...restrictions, ...more]);
    const path = attribute(element, 'path');
    if (path === null && !isRoot) {
      this.#refuse(element.offset, 'path', `<${element.name}> has no path.`, 'Add path="…".');
    }
    return {
      offset: element.offset,
      path,
      matches: this.#matches(element),
      metadata: element.attributes.filter(({ name }) => restrictions.includes(name)),
      before: element.name === 'include' ? [...element.before, ...element.after] : [],
    };
  }

  #matches(element: ConfigurationElement): Matches {
    const least = attribute(element, 'min-matches');
    const most = attribute(element, 'max-matches');
    const min = least === null ? 1 : this.#count(least, 0);
    const max = most === null ? 1 : most.value === 'unbounded' ? 'unbounded' : this.#count(most, 1);
    if (max !== 'unbounded' && max < min) {
      const at = most ?? least ?? element;
      const message = `At least ${min} files must match, but at most ${max} may.`;
      this.#refuse(at.offset, 'matches', message, 'Raise max-matches (1 by default), or write unbounded.');
    }
    return { min, max };
  }

  #count(from: ConfigurationAttribute, least: number): number {
    const value = /^\d{1,6}$/.test(from.value) ? Number(from.value) : -1;
    if (value < least || value > matchesMax) {
      const words = from.name === 'max-matches' ? ', or unbounded' : '';
      const message = `${from.name} is ${quoted(from.value)}.`;
      this.#refuse(
        from.offset,
        'matches',
        message,
        `Write a whole number from ${least} to ${matchesMax}${words}.`,
      );
    }
    return value;
  }

  #boolean(from: ConfigurationAttribute): boolean {
    if (from.value === 'true' || from.value === '1') return true;
    if (from.value === 'false' || from.value === '0') return false;
    return this.#refuse(
      from.offset,
      'value',
      `${from.name} is ${quoted(from.value)}.`,
      'Write true or false.',
    );
  }

  #onlyAttributes(element: ConfigurationElement, known: readonly string[]): void {
    for (const { name, offset } of element.attributes) {
      if (known.includes(name)) continue;
      const near = closest(name, known);
      const list = known.length === 0 ? 'It has none.' : `It may have ${known.join(', ')}.`;
      const message = `<${element.name}> has no attribute ${quoted(name)}.`;
      this.#refuse(offset, 'attribute', message, near === null ? list : `Did you mean ${near}?`);
    }
  }

  #noChildren(element: ConfigurationElement): void {
    const [child] = element.children;
    if (child === undefined) return;
    const message = `<${element.name}> can't contain <${child.name}>.`;
    this.#refuse(child.offset, 'element', message, 'Move it out.');
  }

  #unknownElement(element: ConfigurationElement, known: Iterable<string>): never {
    const names = [...known];
    const near = closest(element.name, names);
    const list = names.length > 8 ? 'SignPath has no such element.' : `Expected <${names.join('> or <')}>.`;
    const message = `<${quoted(element.name).slice(1, -1)}> is not allowed here.`;
    return this.#refuse(element.offset, 'element', message, near === null ? list : `Did you mean <${near}>?`);
  }
}

export function attribute(
  element: { readonly attributes: readonly ConfigurationAttribute[] },
  name: string,
): ConfigurationAttribute | null {
  return element.attributes.find((candidate) => candidate.name === name) ?? null;
}
