/** Attribute values → texts of ours: parameters renamed where their names are not allowed, paths with `/`. */
import type { Matches, SignpathConfiguration } from './configuration.ts';
import { expandCharacters, namesMax } from './expand-characters.ts';
import type { ConfigurationAttribute } from './read-xml.ts';
import { quoted, refuse } from './source.ts';
import type { SignpathSource } from './source.ts';
import type { Report } from './report.ts';
import { closest } from './vocabulary.ts';

const pathLengthMax = 512;
const nameLengthMax = 64;

export class Texts {
  readonly #source: SignpathSource;
  readonly #report: Report;
  /** SignPath's name of a parameter → ours. */
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** How often a changed name occurred. */
  readonly #changed = new Map<string, number>();

  constructor(source: SignpathSource, report: Report, configuration: SignpathConfiguration) {
    this.#source = source;
    this.#report = report;
    for (const { name } of configuration.parameters) {
      if (this.#names.has(name.value)) {
        const message = `Parameter ${quoted(name.value)} is declared twice.`;
        refuse(source, name.offset, 'signpath.parameter', message, 'Keep one of the two.');
      }
      const allowed = this.#allowed(name);
      this.#names.set(name.value, allowed);
      this.#taken.add(allowed);
    }
  }

  #allowed(name: ConfigurationAttribute): string {
    if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(name.value) && name.value.length <= nameLengthMax) return name.value;
    const base = `p-${name.value}`.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, nameLengthMax - 6);
    let count = this.#changed.get(base) ?? 0;
    let allowed = base;
    while (count > 0 || this.#taken.has(allowed)) {
      count += 1;
      allowed = `${base}-${count}`;
      if (!this.#taken.has(allowed)) break;
    }
    this.#changed.set(base, Math.max(count, 1));
    this.#report.add(
      'changed',
      name.offset,
      `parameter ${quoted(name.value)}`,
      `Names are a letter, then letters, digits, - and _; here it becomes ${allowed}.`,
      'Use the new name where requests are submitted.',
    );
    return allowed;
  }

  /** Our name of a declared parameter. */
  parameter(name: string): string {
    return this.#names.get(name) ?? name;
  }

  /** `${…}` checked and renamed. `${file.name}` is accepted only where it means something. */
  text({ name, value, offset }: ConfigurationAttribute, hasFileName = false): string {
    if (value.includes('$${')) {
      const message = `${name} has "$\${", which would mean a literal "\${" here.`;
      refuse(this.#source, offset, 'signpath.parameter', message, 'Write it without the first $.');
    }
    return value.replaceAll(/\$\{(?:([^{}]*)\})?/g, (_, inner: string | undefined) => {
      if (inner === undefined) return '$${';
      if (hasFileName && inner === 'file.name') return '${file.name}';
      const allowed = this.#names.get(inner);
      if (allowed !== undefined) return `\${${allowed}}`;
      const near = closest(inner, this.#names.keys());
      return refuse(
        this.#source,
        offset,
        'signpath.parameter',
        `${name} uses the parameter ${quoted(inner)}, which is not declared.`,
        near === null ? 'Declare it in <parameters>.' : `Did you mean ${near}?`,
      );
    });
  }

  /**
   * Path patterns of ours that together match what SignPath's does; `.` for the container itself; none (and a note) where ours can't
   * express it. Sets of characters become one pattern for each name, where as many files as there are may match.
   */
  paths(attribute: ConfigurationAttribute, what: string, { min, max }: Matches): readonly string[] {
    const steps = this.text(attribute).replaceAll('\\', '/').split('/');
    const path = steps.filter((step) => step !== '' && step !== '.').join('/');
    const stop = (message: string, fix: string): never =>
      refuse(this.#source, attribute.offset, 'signpath.path', message, fix);
    if (attribute.value.trim() === '') stop('The path is empty.', 'Write the path inside the container.');
    if (steps.includes('..')) stop('The path leaves its container with "..".', 'Write it without "..".');
    if (steps.some((step) => step !== '**' && step.includes('**'))) {
      stop('** is next to other characters.', 'Make it a part of its own, as in folder/**/name.');
    }
    if (path.length > pathLengthMax)
      stop(`The path is longer than ${pathLengthMax} characters.`, 'Shorten it.');
    const named = expandCharacters(path);
    const leave = (why: string, todo: string): readonly string[] => {
      this.#report.add(
        'left-out',
        attribute.offset,
        `${what} with the path ${quoted(attribute.value)}`,
        why,
        todo,
      );
      return [];
    };
    if (named === null) {
      return leave(
        `Here brackets match themselves, and this set of characters stands for more than ${namesMax} names, or for all but some.`,
        'Write one element for each name, or use ? and check what else it matches.',
      );
    }
    if (named.length > 1 && (min !== 0 || max !== 'unbounded')) {
      return leave(
        'Here brackets match themselves; an element for each name would count each by itself, and SignPath counts all together.',
        'Write one element for each name with the count that it has, or allow any number (min-matches="0" max-matches="unbounded").',
      );
    }
    return named.map((one) => (one === '' ? '.' : one));
  }
}
