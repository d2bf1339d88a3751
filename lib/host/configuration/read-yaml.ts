/**
 * Text → one YAML 1.2 document (core schema) as plain values with positions. Not for policies, which lib/core/policy
 * reads by other rules. Pure.
 */
import { isMap, isScalar, isSeq, parseAllDocuments, type Pair, type YAMLError, type YAMLMap } from 'yaml';
import type { ConfigurationProblem } from './problem.ts';
import { depthMax, scanTokens, tooDeep } from './scan-tokens.ts';
import type { SourceText } from './source-text.ts';

type Step = string | number;

/** Positions of members by path. */
class Positions {
  readonly #offsets = new Map<string, number>();

  static #name(path: readonly PropertyKey[]): string {
    return JSON.stringify(path.map(String));
  }

  set(path: readonly Step[], part: 'key' | 'value', offset: number): void {
    this.#offsets.set(part + Positions.#name(path), offset);
  }

  /** Of a value, or of the nearest that contains it. */
  ofValue(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = this.#offsets.get(`value${Positions.#name(path.slice(0, length))}`);
      if (found !== undefined) return found;
    }
    return 0;
  }

  ofKey(path: readonly PropertyKey[]): number {
    return this.#offsets.get(`key${Positions.#name(path)}`) ?? this.ofValue(path);
  }
}

export interface YamlContent {
  readonly value: unknown;
  readonly positions: Positions;
}

/**
 * Refuses tags, anchors, aliases, directives, merge keys, keys that are no text, that come twice or that JavaScript
 * treats specially,
 * more than 32 levels, several documents.
 */
export function readYaml(
  source: SourceText,
): { readonly content: YamlContent } | { readonly problems: readonly ConfigurationProblem[] } {
  const unwanted = scanTokens(source);
  if (unwanted.length > 0) return { problems: unwanted };
  const documents = parseAllDocuments(source.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    strict: true,
    // Checked below, in linear rather than quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (second !== undefined) {
    const problem = source.problemAt(
      second.range[0],
      'A second document starts here.',
      'Write one document; remove `---`.',
    );
    return { problems: [problem] };
  }
  const broken = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (broken.length > 0) return { problems: broken.map((error) => explainYamlError(source, error)) };
  const conversion = new Conversion(source);
  const value = conversion.convert(document?.contents, [], 0);
  if (conversion.problems.length > 0) return { problems: conversion.problems };
  return { content: { value, positions: conversion.positions } };
}

function explainYamlError(source: SourceText, error: YAMLError): ConfigurationProblem {
  const at = Math.min(error.pos[0], source.text.length);
  if (error.code === 'TAB_AS_INDENT')
    return source.problemAt(at, 'A tab is used as indentation.', 'Indent with spaces.');
  return source.problemAt(at, `Not YAML: ${error.message.replace(/\.?\s*$/, '')}.`, 'Correct the line.');
}

const specialKeys = new Set(['__proto__', 'constructor', 'prototype']);

class Conversion {
  readonly problems: ConfigurationProblem[] = [];
  readonly positions = new Positions();
  readonly #source: SourceText;

  constructor(source: SourceText) {
    this.#source = source;
  }

  convert(node: unknown, path: readonly Step[], depth: number): unknown {
    if (depth > depthMax) {
      this.problems.push(tooDeep(this.#source, offsetOf(node)));
      return null;
    }
    this.positions.set(path, 'value', isScalar(node) ? offsetOf(node) : this.positions.ofKey(path));
    if (isMap(node)) return this.#convertMap(node, path, depth);
    if (isSeq(node)) return node.items.map((item, at) => this.#convertItem(item, [...path, at], depth + 1));
    return isScalar(node) ? node.value : null;
  }

  /** Members of a list have no key for their position. */
  #convertItem(item: unknown, path: readonly Step[], depth: number): unknown {
    this.positions.set(path, 'key', offsetOf(item));
    return this.convert(item, path, depth);
  }

  #convertMap(map: YAMLMap, path: readonly Step[], depth: number): unknown {
    const result: Record<string, unknown> = {};
    for (const pair of map.items) {
      const name = this.#nameOf(pair);
      if (name === null) continue;
      const inner = [...path, name];
      if (Object.hasOwn(result, name)) {
        this.#refuse(pair.key, `\`${name}\` is here twice.`, 'Keep one of the two.');
        continue;
      }
      this.positions.set(inner, 'key', offsetOf(pair.key));
      result[name] = this.convert(pair.value, inner, depth + 1);
    }
    return result;
  }

  #nameOf({ key }: Pair): string | null {
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#refuse(key, 'This key is not a text.', 'Use plain names as keys; put numbers in quotes.');
      return null;
    }
    const name = key.value;
    if (name === '<<') this.#refuse(key, 'A merge key stands here.', 'Write the keys out.');
    else if (specialKeys.has(name)) this.#refuse(key, `\`${name}\` can’t be a key.`, 'Remove it.');
    else return name;
    return null;
  }

  #refuse(node: unknown, message: string, fix: string): void {
    this.problems.push(this.#source.problemAt(offsetOf(node), message, fix));
  }
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}
