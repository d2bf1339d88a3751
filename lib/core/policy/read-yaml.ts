import { CodedError } from '#core/error/index.ts';
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser, visit } from 'yaml';
import type { Alias, CST, Document, Node, Pair, YAMLError, YAMLMap, YAMLSeq } from 'yaml';
import type { PolicyLocation } from '../wire/finding/index.ts';
import { depthMax, duplicateKeys, findHiddenCharacter, nodesMax, TokenScan } from '../yaml/index.ts';
import { diagnosticAt } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { OffsetList } from './offsets.ts';
import { pointerOf } from './pointer.ts';
import { codePointName } from './source-text.ts';
import type { SourceText } from './source-text.ts';

export interface YamlContent {
  /** Plain, frozen JSON. */
  readonly value: unknown;
  /** Where values stand, by JSON pointer: a scalar itself, a list or map by its key. */
  readonly values: ReadonlyMap<string, PolicyLocation>;
  /** Where keys stand, by the JSON pointer of their value. */
  readonly keys: ReadonlyMap<string, PolicyLocation>;
  /** Where each value begins in the text: see offsets.ts. null where only reading again can tell. */
  readonly offsets: string | null;
}

export type YamlResult =
  | { readonly ok: true; readonly content: YamlContent }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Text → one YAML 1.2 document (core schema) as plain JSON with positions.
 * Rejects tags, directives, merge keys, keys that aren't strings or that JavaScript treats specially,
 * duplicate keys, anchors used twice, more than 20 aliases, 32 levels or 10,000 values (aliases expanded),
 * several documents, numbers that JSON lacks, hidden characters behind escapes.
 * `places` false: with offsets in place of positions, for thousands of files of which nobody asks it: `values` and `keys` are empty.
 */
export function readYaml(
  source: SourceText,
  { places = true }: { readonly places?: boolean } = {},
): YamlResult {
  const scan = new TokenScan();
  try {
    const document = compose(source, scan);
    const errors = [...document.errors, ...duplicateKeys(document)].sort((a, b) => a.pos[0] - b.pos[0]);
    const problems = [...errors, ...document.warnings];
    if (problems.length > 0) {
      const diagnostics = problems.slice(0, 20).map((error) => explainYamlError(source, error));
      return { ok: false, diagnostics };
    }
    return { ok: true, content: new Conversion(source, document, places).run(scan.hasAnchors) };
  } catch (error) {
    if (error instanceof Stop) return { ok: false, diagnostics: [error.diagnostic] };
    throw error;
  }
}

/**
 * Like the library's parseDocument, with a check of each token between lexer and parser: one
 * pass over the text instead of two, which is a quarter of the time of a large repository.
 */
function compose(source: SourceText, scan: TokenScan): Document.Parsed {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // It compares each with each; duplicateKeys looks at each once.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  let first: Document.Parsed | null = null;
  for (const document of composer.compose(tokens(source, scan), true, source.text.length)) {
    if (first !== null) {
      const at = source.locate(document.range[0]);
      throw new Stop(diagnosticAt(at, 'yaml.documents', secondDocument.message, secondDocument.fix));
    }
    first = document;
  }
  if (first === null) throw new TypeError('the composer yields a document at the end of every text');
  return first;
}

function* tokens(source: SourceText, scan: TokenScan): Generator<CST.Token> {
  const parser = new Parser();
  for (const token of new Lexer().lex(source.text)) {
    const problem = scan.look(token);
    if (problem !== null) {
      const { rule, message, fix } = problem;
      throw new Stop(diagnosticAt(source.locate(scan.offset), rule, message, fix));
    }
    yield* parser.next(token);
  }
  yield* parser.end();
}

const secondDocument = {
  message: 'A second document starts here.',
  fix: 'Write one document to a file; remove `---`.',
};

function explainYamlError(source: SourceText, error: YAMLError): Diagnostic {
  const at = source.locate(Math.min(error.pos[0], source.text.length));
  const say = (rule: string, message: string, fix: string): Diagnostic =>
    diagnosticAt(at, rule, message, fix);
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return say('yaml.duplicate-key', 'This key is here twice.', 'Keep one of the two.');
    case 'TAB_AS_INDENT':
      return say('yaml.syntax', 'A tab is used as indentation.', 'Indent with spaces.');
    default:
      return say('yaml.syntax', `Not YAML: ${error.message.replace(/\.?\s*$/, '')}.`, 'Correct the line.');
  }
}

/** In the text; of what has no place of its own, its beginning. */
function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}

const specialKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Ends a conversion from any depth; never leaves this file. */
class Stop extends CodedError<'YAML_REFUSED'> {
  static override readonly errorName = 'Stop';
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super('YAML_REFUSED', diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

class Conversion {
  readonly #source: SourceText;
  readonly #document: Document.Parsed;
  readonly #values = new Map<string, PolicyLocation>();
  readonly #keys = new Map<string, PolicyLocation>();
  readonly #anchors = new Map<string, Node>();
  readonly #places: boolean;
  readonly #offsets = new OffsetList();
  #nodes = 0;

  constructor(source: SourceText, document: Document.Parsed, places: boolean) {
    this.#source = source;
    this.#document = document;
    this.#places = places;
  }

  run(hasAnchors: boolean): YamlContent {
    if (hasAnchors) this.#collectAnchors();
    const value = this.#convert(this.#document.contents, '', 0, null);
    return { value, values: this.#values, keys: this.#keys, offsets: this.#offsets.pack() };
  }

  #stop(node: unknown, rule: string, message: string, fix: string): never {
    throw new Stop(diagnosticAt(this.#locate(node), rule, message, fix));
  }

  #locate(node: unknown): PolicyLocation {
    return this.#source.locate(offsetOf(node));
  }

  #collectAnchors(): void {
    visit(this.#document, {
      Node: (_, node) => {
        const anchor = isAlias(node) ? undefined : node.anchor;
        if (anchor === undefined) return;
        if (this.#anchors.has(anchor)) {
          this.#stop(
            node,
            'yaml.anchor',
            `Anchor \`&${anchor}\` is here twice.`,
            'Give each anchor its own name.',
          );
        }
        this.#anchors.set(anchor, node);
      },
    });
  }

  /** `key`: the node of its key, of what is in a map. */
  #convert(node: unknown, pointer: string, depth: number, key: unknown): unknown {
    this.#nodes += 1;
    if (depth > depthMax) {
      this.#stop(
        node,
        'yaml.depth',
        `Nested deeper than ${depthMax} levels.`,
        'Nest less; an alias may not hold itself.',
      );
    }
    if (this.#nodes > nodesMax) {
      const message = `More than ${nodesMax} values in one file, aliases expanded.`;
      this.#stop(node, 'yaml.nodes', message, 'Split the file or shorten it.');
    }
    if (isAlias(node)) return this.#convert(this.#resolve(node), pointer, depth + 1, key);
    // A list or map is located at its key, since its own first character is often on the next line.
    const place = key !== null && !isScalar(node) ? key : node;
    if (this.#places) this.#values.set(pointer, this.#locate(place));
    else this.#offsets.add(offsetOf(place));
    if (isMap(node)) return this.#convertMap(node, pointer, depth);
    if (isSeq(node)) return this.#convertSeq(node, pointer, depth);
    return this.#convertScalar(node);
  }

  #resolve(alias: Alias): Node {
    const node = this.#anchors.get(alias.source);
    if (node === undefined || (node.range?.[0] ?? 0) > (alias.range?.[0] ?? 0)) {
      const message = `No anchor \`&${alias.source}\` stands before this alias.`;
      this.#stop(alias, 'yaml.alias', message, 'Write the value out, or quote text that starts with *.');
    }
    return node;
  }

  #convertMap(map: YAMLMap, pointer: string, depth: number): unknown {
    const result: Record<string, unknown> = {};
    for (const pair of map.items) {
      const name = this.#keyName(pair);
      const inner = this.#places ? pointerOf(pointer, name) : '';
      if (this.#places) this.#keys.set(inner, this.#locate(pair.key));
      else this.#offsets.addName(name);
      result[name] = this.#convert(pair.value, inner, depth + 1, pair.key);
    }
    return Object.freeze(result);
  }

  #keyName(pair: Pair): string {
    const key = isAlias(pair.key) ? null : pair.key;
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#stop(
        pair.key,
        'yaml.key',
        'This key is not a text.',
        'Use plain names as keys; put numbers in quotes.',
      );
    }
    const name = key.value;
    if (name === '<<')
      this.#stop(key, 'yaml.merge', 'Merge keys (`<<`) are not allowed.', 'Write the keys out.');
    if (specialKeys.has(name))
      this.#stop(key, 'yaml.key', `\`${name}\` is not allowed as a key.`, 'Remove it.');
    this.#checkText(key, name);
    return name;
  }

  #convertSeq(seq: YAMLSeq, pointer: string, depth: number): unknown {
    const innerOf = (at: number): string => (this.#places ? pointerOf(pointer, at) : '');
    return Object.freeze(seq.items.map((item, at) => this.#convert(item, innerOf(at), depth + 1, null)));
  }

  #convertScalar(node: unknown): unknown {
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === 'string') this.#checkText(node, value);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#stop(node, 'yaml.number', 'This is not a finite number.', 'Write a whole number, or quote it.');
    }
    return value;
  }

  /** An escape in double quotes can produce characters that the text itself may not contain. */
  #checkText(node: unknown, text: string): void {
    const hidden = text.isWellFormed() ? findHiddenCharacter(text) : 0;
    if (hidden < 0) return;
    const what = text.isWellFormed() ? `Character ${codePointName(text, hidden)}` : 'Half a surrogate pair';
    this.#stop(node, 'file.characters', `${what} is not allowed.`, 'Remove the escape.');
  }
}
