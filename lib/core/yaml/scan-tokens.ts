import { CST } from 'yaml';

const aliasesMax = 20;
export const depthMax = 32;
export const nodesMax = 10_000;
/** Tokens of any kind, line feeds and comments included; a value with its key takes about five. */
const tokensMax = 60_000;
/** Indicators (`-`, `?`, `:`) on one line: each may open a level without any indentation. */
const indicatorsOnLineMax = 2 * depthMax;

/**
 * Checks every token before anything is built from it, so that what YAML allows and policies don't (tags, directives,
 * deep nesting, floods of nodes or aliases) is refused here, in time linear in the file.
 */
export class TokenScan {
  readonly #seen: Seen;
  #plain = false;
  #offset = 0;

  /** Offset of the token that was checked last. */
  offset = 0;

  /** `tags`: those that aren't refused. */
  constructor(most = aliasesMax, tags: readonly string[] = []) {
    this.#seen = {
      tokens: 0,
      flowDepth: 0,
      indicators: 0,
      scalars: 0,
      aliases: 0,
      anchors: 0,
      aliasesMax: most,
      tags,
    };
  }

  get hasAnchors(): boolean {
    return this.#seen.anchors > 0;
  }

  /** The next token of yaml's lexer → what is wrong with it, or null. */
  look(token: string): ScanProblem | null {
    this.offset = this.#offset;
    // Text after the mark SCALAR is a value whatever it starts with.
    const problem = judge(this.#plain ? 'scalar' : CST.tokenType(token), token, this.#seen);
    this.#plain = token === CST.SCALAR;
    // The lexer marks starts and ends with single control characters that aren't in the text.
    if (!isMark(token)) this.#offset += token.length;
    return problem;
  }
}

const isMark = (token: string): boolean =>
  token === CST.DOCUMENT || token === CST.FLOW_END || token === CST.SCALAR;

export interface ScanProblem {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

interface Seen {
  tokens: number;
  flowDepth: number;
  indicators: number;
  scalars: number;
  aliases: number;
  anchors: number;
  readonly aliasesMax: number;
  readonly tags: readonly string[];
}

function judge(type: CST.TokenType | null, token: string, seen: Seen): ScanProblem | null {
  seen.tokens += 1;
  if (seen.tokens > tokensMax) return tooLong;
  switch (type) {
    case 'anchor':
      seen.anchors += 1;
      return seen.anchors > seen.aliasesMax
        ? problem('yaml.aliases', `More than ${seen.aliasesMax} anchors.`, 'Write the values out.')
        : null;
    case 'tag':
      if (seen.tags.includes(token)) return null;
      return problem(
        'yaml.tag',
        `Tag \`${token.slice(0, 40)}\` is not allowed.`,
        'Remove it; quote text that starts with !.',
      );
    case 'directive-line':
      return problem(
        'yaml.directive',
        `Directive \`${token.slice(0, 40)}\` is not allowed.`,
        'Remove the line.',
      );
    case 'alias':
      seen.aliases += 1;
      return seen.aliases > seen.aliasesMax
        ? problem('yaml.aliases', `More than ${seen.aliasesMax} aliases.`, 'Write the values out.')
        : null;
    case 'flow-map-start':
    case 'flow-seq-start':
      seen.flowDepth += 1;
      return seen.flowDepth > depthMax ? tooDeep : null;
    case 'flow-map-end':
    case 'flow-seq-end':
      seen.flowDepth = Math.max(0, seen.flowDepth - 1);
      return null;
    case 'newline':
      seen.indicators = 0;
      return null;
    case 'seq-item-ind':
    case 'explicit-key-ind':
    case 'map-value-ind':
      seen.indicators += 1;
      // Inside brackets the colons of one line lie side by side, not inside one another.
      return seen.flowDepth === 0 && seen.indicators > indicatorsOnLineMax ? tooDeep : countNode(seen);
    case 'comma':
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
    case 'block-scalar-header':
      return countNode(seen);
    default:
      return null;
  }
}

function countNode(seen: Seen): ScanProblem | null {
  seen.scalars += 1;
  return seen.scalars > 2 * nodesMax ? tooMany : null;
}

const problem = (rule: string, message: string, fix: string): ScanProblem => ({ rule, message, fix });

const tooDeep = problem('yaml.depth', `Nested deeper than ${depthMax} levels.`, 'Nest less.');
const tooMany = problem(
  'yaml.nodes',
  `More than ${nodesMax} values in one file.`,
  'Split the file or shorten it.',
);
const tooLong = problem(
  'yaml.tokens',
  'The file goes on too long; reading stopped here.',
  'Split the file or remove empty lines and comments.',
);
