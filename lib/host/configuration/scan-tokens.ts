/**
 * Checks every token before anything is built from it: what YAML has and a configuration doesn't need (tags, anchors,
 * aliases,
 * directives), and nesting that would take the parser's stack. Linear in the text. Pure.
 */
import { CST, Lexer } from 'yaml';
import type { ConfigurationProblem } from './problem.ts';
import type { SourceText } from './source-text.ts';

export const depthMax = 32;
/** Each level of blocks takes a column at least, save lists right below their key, and those on one line. */
const indentationMax = 4 * depthMax;
const indicatorsOnLineMax = 8;
const problemsMax = 100;

const unwanted: Partial<Record<CST.TokenType, readonly [name: string, fix: string]>> = {
  tag: ['A tag', 'Remove it; quote text that starts with `!`.'],
  anchor: ['An anchor', 'Write the value out; quote text that starts with `&`.'],
  alias: ['An alias', 'Write the value out; quote text that starts with `*`.'],
  'directive-line': ['A directive', 'Remove the line.'],
};

interface Line {
  isStart: boolean;
  indentation: number;
  indicators: number;
}

export function scanTokens(source: SourceText): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const line: Line = { isStart: true, indentation: 0, indicators: 0 };
  let offset = 0;
  let flowDepth = 0;
  let isPlain = false;
  for (const token of new Lexer().lex(source.text)) {
    // Text after the mark SCALAR is a value, whatever it starts with.
    const type = isPlain ? 'scalar' : CST.tokenType(token);
    isPlain = token === CST.SCALAR;
    if (type === 'flow-map-start' || type === 'flow-seq-start') flowDepth += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') flowDepth = Math.max(0, flowDepth - 1);
    // Brackets left open end where the indentation does.
    if (token === CST.FLOW_END) flowDepth = 0;
    if (flowDepth > depthMax || (flowDepth === 0 && isTooDeep(type, token, line))) {
      problems.push(tooDeep(source, offset));
      return problems;
    }
    const [name, fix] = (type === null ? undefined : unwanted[type]) ?? [];
    if (name !== undefined && fix !== undefined && problems.length < problemsMax)
      problems.push(source.problemAt(offset, `${name} stands here: \`${token.slice(0, 40)}\`.`, fix));
    // The lexer marks starts and ends with single control characters that aren't in the text.
    if (token !== CST.DOCUMENT && token !== CST.FLOW_END && token !== CST.SCALAR) offset += token.length;
  }
  return problems;
}

export function tooDeep(source: SourceText, offset: number): ConfigurationProblem {
  return source.problemAt(offset, `Nested deeper than ${depthMax} levels.`, 'Nest less.');
}

function isTooDeep(type: CST.TokenType | null, token: string, line: Line): boolean {
  switch (type) {
    case 'newline':
      Object.assign(line, { isStart: true, indentation: 0, indicators: 0 });
      return false;
    case 'space':
      if (line.isStart) line.indentation += token.length;
      return false;
    case 'seq-item-ind':
    case 'explicit-key-ind':
    case 'map-value-ind':
      line.isStart = false;
      line.indicators += 1;
      return line.indicators > indicatorsOnLineMax || line.indentation > indentationMax;
    case 'doc-mode':
      return false;
    default:
      line.isStart = false;
      return false;
  }
}
