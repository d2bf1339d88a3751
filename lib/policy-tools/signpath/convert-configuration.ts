/** A SignPath artifact configuration → ours, as YAML with its comments, and a report of what doesn't fit. */
import { Scalar } from 'yaml';
import type { YAMLMap } from 'yaml';
import { valueProblem } from '#core/wire/parameters/index.ts';
import type { Include, Item, Matches, Parameter, SignpathConfiguration } from './configuration.ts';
import { commentsOf, Signing } from './convert-sign.ts';
import { Texts } from './convert-text.ts';
import type { ConfigurationAttribute, ConfigurationComment } from './read-xml.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import type { SignpathSource } from './source.ts';
import { mapOf, seqOf, withComments, withCommentsAfter, yamlText } from './write-yaml.ts';
import type { Line } from './write-yaml.ts';

export function convertConfiguration(
  source: SignpathSource,
  configuration: SignpathConfiguration,
  report: Report,
): string {
  return new Conversion(source, configuration, report).run();
}

const textOf = (comments: readonly ConfigurationComment[]): string[] => comments.map(({ text }) => text);

class Conversion {
  readonly #configuration: SignpathConfiguration;
  readonly #report: Report;
  readonly #texts: Texts;
  readonly #signing: Signing;
  #reportedOpen = false;

  constructor(source: SignpathSource, configuration: SignpathConfiguration, report: Report) {
    this.#configuration = configuration;
    this.#report = report;
    this.#texts = new Texts(source, report, configuration);
    this.#signing = new Signing(report, this.#texts);
  }

  run(): string {
    const { root, parameters, parametersAfter, head, tail } = this.#configuration;
    const [include] = root.includes;
    if (include?.path) {
      this.#report.add(
        'left-out',
        include.path.offset,
        `path=${quoted(this.#texts.text(include.path))} of the root`,
        'The name of the submitted file is not checked here.',
        'Nothing if the name doesn’t matter; otherwise put the file into a zip archive and name it there.',
      );
    }
    if (root.upload !== null) {
      const what = `ui-multifile-upload=${quoted(root.upload.value)}`;
      const why = 'It is a setting of SignPath’s upload form.';
      this.#report.add('left-out', root.upload.offset, what, why, 'Nothing: submit a zip archive.');
    }
    const declared = parameters.map((parameter) =>
      withComments(mapOf(this.#parameter(parameter)), textOf(parameter.before)),
    );
    const list = withCommentsAfter(seqOf(declared), textOf(parametersAfter));
    const rootMap = mapOf(
      this.#bodyLines(root, include === undefined ? [] : this.#metadata(include.metadata)),
    );
    const lines: (Line | null)[] = [
      { key: 'apiVersion', value: 'countersign/v1' },
      { key: 'kind', value: 'ArtifactConfiguration' },
      declared.length === 0 ? null : { key: 'parameters', value: list },
      { key: 'root', value: withCommentsAfter(rootMap, textOf(root.after)), comments: commentsOf(root) },
    ];
    const loose = declared.length === 0 ? textOf(parametersAfter) : [];
    return yamlText(mapOf(lines), [...textOf(head), ...loose], textOf(tail));
  }

  /** SignPath takes any value from a request; here it is text that matches itself, and a pattern says that requests give it. */
  #parameter({ name, defaultValue, required }: Parameter): (Line | null)[] {
    const problem = defaultValue === null || defaultValue === '' ? null : valueProblem(defaultValue);
    if (problem !== null) {
      this.#report.add(
        'changed',
        name.offset,
        `the default value of the parameter ${quoted(name.value)}`,
        `No request could give it here: ${problem}. Without it each request gives a value.`,
        'Write the text itself where the parameter stands, or another default.',
      );
    } else if (defaultValue === null && !required) {
      this.#report.add(
        'changed',
        name.offset,
        `parameter ${quoted(name.value)} without a default value`,
        'Left out, it is empty at SignPath; here each request gives a value.',
        'Add a default, or an empty one where nothing may stand in its place.',
      );
    }
    return [
      { key: 'name', value: this.#texts.parameter(name.value) },
      { key: 'pattern', value: '*' },
      defaultValue === null || problem !== null ? null : { key: 'default', value: defaultValue },
      { key: 'required', value: required },
    ];
  }

  /** `type`, `metadata`, `contents`, `verify`, `sign`: what a root, an element and a set's `each` have in common. */
  #bodyLines(item: Item, metadata: readonly Line[]): Line[] {
    const type = this.#signing.typeOf(item, metadata.length > 0);
    const lines: Line[] = [{ key: 'type', value: type }];
    if (metadata.length > 0) lines.push({ key: 'metadata', value: mapOf(metadata) });
    const contents = item.items.flatMap((child) => this.#elements(child));
    const needsContents = type === 'zip' || type === 'directory';
    if (item.kind.composite && (contents.length > 0 || needsContents)) {
      // Files that a folder doesn't name are tried on the elements after it; files that an archive doesn't name are refused.
      if (type !== 'directory' || contents.length === 0) contents.push(this.#everythingElse(item));
      lines.push({ key: 'contents', value: seqOf(contents) });
    }
    lines.push(...this.#signing.lines(item));
    return lines;
  }

  #everythingElse(item: Item): YAMLMap {
    const first = !this.#reportedOpen;
    if (first && item.kind.type !== 'directory') {
      this.#report.add(
        'note',
        item.offset,
        `files in <${item.name}> that no element names`,
        'SignPath ignores them; here each must be named, so an element for all others is added at the end.',
        'Name what belongs in the archive and remove that element. Reported once for the whole file.',
      );
      this.#reportedOpen = true;
    }
    const rest = mapOf([
      { key: 'type', value: 'file' },
      { key: 'path', value: '**' },
      this.#matches({ min: 0, max: 'unbounded' }),
    ]);
    return first ? withComments(rest, [' Everything else is let through unsigned.']) : rest;
  }

  #elements(item: Item): YAMLMap[] {
    if (item.isSet) return this.#set(item);
    const [include] = item.includes;
    if (!include?.path) return [];
    const what = `<${item.name}>`;
    const paths = this.#texts.paths(include.path, what, include.matches);
    if (paths.length > 1) {
      // One element for each name, which come under one list of what applies to all of them.
      const same = paths.map((path) => mapOf([{ key: 'path', value: path }, this.#matches(include.matches)]));
      const each = mapOf(this.#bodyLines(item, this.#metadata(include.metadata)));
      return [this.#setOf(item, same, each)];
    }
    const [path] = paths;
    if (path === undefined) return [];
    if (path === '.') return this.#place(item, include.path);
    const [type, ...rest] = this.#bodyLines(item, this.#metadata(include.metadata));
    const lines: (Line | null)[] = [
      type ?? null,
      { key: 'path', value: path },
      this.#matches(include.matches),
      ...rest,
    ];
    return [withCommentsAfter(withComments(mapOf(lines), commentsOf(item)), textOf(item.after))];
  }

  /** `<directory path=".">`: the container itself. Its contents move up. */
  #place(item: Item, path: ConfigurationAttribute | null): YAMLMap[] {
    for (const { name, offset } of item.directives) {
      const why = 'Here a container can’t be signed as a folder.';
      const todo = 'Put the files into a folder of the archive and name that.';
      this.#report.add('left-out', offset, `<${name}> of <${item.name} path=".">`, why, todo);
    }
    if (item.kind.type !== 'directory') {
      const offset = path?.offset ?? item.offset;
      const why = 'The container itself is not a file in it.';
      this.#report.add('left-out', offset, `<${item.name} path=".">`, why, 'Write the path of a file.');
      return [];
    }
    const elements = item.items.flatMap((child) => this.#elements(child));
    const [first] = elements;
    if (first !== undefined) withComments(first, commentsOf(item));
    return elements;
  }

  #set(item: Item): YAMLMap[] {
    let carried: string[] = [];
    const includes: YAMLMap[] = [];
    for (const include of item.includes) {
      const [first, ...more] = this.#include(include, item);
      if (first === undefined) {
        carried.push(...textOf(include.before));
        continue;
      }
      includes.push(withComments(first, [...carried, ...textOf(include.before)]), ...more);
      carried = [];
    }
    if (includes.length === 0) return [];
    return [
      this.#setOf(item, includes, mapOf(this.#bodyLines(item, this.#metadata(item.metadata))), carried),
    ];
  }

  #setOf(item: Item, includes: readonly YAMLMap[], each: YAMLMap, carried: readonly string[] = []): YAMLMap {
    const lines: Line[] = [
      { key: 'type', value: 'set' },
      { key: 'include', value: seqOf(includes) },
      {
        key: 'each',
        value: withCommentsAfter(each, textOf(item.bodyAfter)),
        comments: [...carried, ...textOf(item.bodyBefore)],
      },
    ];
    return withCommentsAfter(withComments(mapOf(lines), commentsOf(item)), textOf(item.after));
  }

  /** Several where the path has sets of characters. */
  #include({ path, matches, metadata, offset }: Include, item: Item): YAMLMap[] {
    const what = `<include> of <${item.name}-set>`;
    const patterns = path === null ? [] : this.#texts.paths(path, what, matches);
    if (patterns.includes('.')) {
      const why = 'A set can’t include the container itself.';
      this.#report.add('left-out', offset, `${what} with the path "."`, why, 'Write a separate element.');
      return [];
    }
    const own = this.#metadata(metadata);
    return patterns.map((pattern) =>
      mapOf([
        { key: 'path', value: pattern },
        this.#matches(matches),
        own.length === 0 ? null : { key: 'metadata', value: mapOf(own) },
      ]),
    );
  }

  #matches({ min, max }: Matches): Line | null {
    if (min === 1 && max === 1) return null;
    const map = mapOf([
      { key: 'min', value: min },
      { key: 'max', value: max },
    ]);
    map.flow = true;
    return { key: 'matches', value: map };
  }

  #metadata(attributes: readonly ConfigurationAttribute[]): Line[] {
    return attributes.flatMap((attribute) => {
      const key = metadataNames.get(attribute.name);
      const value = this.#texts.text(attribute);
      if (key === undefined) return [];
      const what = `${attribute.name}=${quoted(attribute.value)}`;
      if (value === '' || value.length > 256) {
        const why =
          value === '' ? 'An empty value can’t be required here.' : 'It is longer than 256 characters.';
        this.#report.add(
          'left-out',
          attribute.offset,
          what,
          why,
          'Write what the files contain, or leave it out.',
        );
        return [];
      }
      if (value.includes('*')) {
        const why = 'An asterisk matches any text here.';
        this.#report.add('changed', attribute.offset, what, why, 'Check that this is not too loose.');
      }
      return [{ key, value: new Scalar(value) }];
    });
  }
}

const metadataNames: ReadonlyMap<string, string> = new Map([
  ['product-name', 'productName'],
  ['product-version', 'productVersion'],
  ['file-version', 'fileVersion'],
  ['company-name', 'companyName'],
  ['copyright', 'copyright'],
  ['original-filename', 'originalFilename'],
  ['subject', 'subject'],
  ['author', 'author'],
  ['root-element-name', 'rootElement'],
  ['root-element-namespace', 'rootNamespace'],
]);
