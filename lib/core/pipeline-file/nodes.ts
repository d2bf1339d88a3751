/** A CI configuration of GitLab as it is written: what stands for something else is looked up once, and never built. */
import { isAlias, isScalar, isSeq, visit } from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';

export interface PipelineReader {
  /** `line 3`; of what has no place, `somewhere`. */
  readonly at: (node: unknown) => string;
  /** What an alias stands for; itself, where that can't be told. */
  readonly seen: (node: unknown) => unknown;
}

export function readerOf(document: Document, lines: LineCounter): PipelineReader {
  // An alias can't have an anchor, so that one step leads to what is written. Of a name that is given twice nothing is said.
  const anchored = new Map<string, Node | null>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || node.anchor === undefined) return;
      anchored.set(node.anchor, anchored.has(node.anchor) ? null : node);
    },
  });
  return {
    at(node) {
      const start = (node as Node | undefined)?.range?.[0];
      return start === undefined ? 'somewhere' : `line ${lines.linePos(start).line}`;
    },
    seen: (node) => (isAlias(node) ? (anchored.get(node.source) ?? node) : node),
  };
}

/** `!reference [job, key]`: it is somewhere else in the configuration, or in what that includes. */
export const isReference = (node: unknown): boolean => isSeq(node) && node.tag === '!reference';

export const textOf = (node: unknown): string | null =>
  isScalar(node) && typeof node.value === 'string' ? node.value : null;

/** As GitLab takes it: its parser makes a name of Ruby’s out of a plain text with a colon before it. */
export const nameOf = (node: unknown): string | null =>
  textOf(node)
    ?.replace(/^:["']?/, '')
    .replace(/["']$/, '') ?? null;
