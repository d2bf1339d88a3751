import { CST, isScalar, Lexer, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { readYaml } from './read-yaml.ts';
import { decodeSource } from './source-text.ts';

export type FormattedFile =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly changed: boolean }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const widthMax = 110;
/** Longer single-line text stays on one line: a key or a message must not be broken. */
const inlineTextMax = 80;
const passesMax = 4;

/**
 * A YAML file of the policy repository → the same file in the one layout: two spaces, lists indented under their
 * key, single quotes, no padding in brackets, line feeds, one at the end, at most one empty line in a row.
 * Comments and values stay as they are, and a file for which that can't be guaranteed is left unchanged. Formatting
 * is idempotent. Refuses what `readYaml` refuses; whether it fits its schema is not asked.
 */
export function formatPolicyFile(file: { path: string; bytes: Uint8Array }): FormattedFile {
  const original = read(file.path, file.bytes);
  if (!original.ok) return original;
  const text = settle(original.text);
  const bytes = new TextEncoder().encode(text ?? original.text);
  const formatted = text === null ? null : read(file.path, bytes);
  const same =
    formatted?.ok === true && formatted.value === original.value && formatted.comments === original.comments;
  if (!same) return { ok: true, bytes: file.bytes, changed: false };
  return { ok: true, bytes, changed: text !== original.text };
}

type Reading =
  | { readonly ok: true; readonly text: string; readonly value: string; readonly comments: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

function read(path: string, bytes: Uint8Array): Reading {
  const decoded = decodeSource(path, bytes);
  if (!decoded.ok) return { ok: false, diagnostics: [decoded.diagnostic] };
  const { text } = decoded.source;
  const result = readYaml(decoded.source);
  if (!result.ok) return { ok: false, diagnostics: result.diagnostics };
  const value = canonicalJson(result.content.value as JsonValue);
  return { ok: true, text, value, comments: commentsOf(text) };
}

/** All comments in order, one per line, without the white space that the layout determines. */
function commentsOf(text: string): string {
  const comments: string[] = [];
  let plain = false;
  for (const token of new Lexer().lex(text)) {
    if (!plain && CST.tokenType(token) === 'comment') comments.push(token.trim());
    plain = token === CST.SCALAR;
  }
  return comments.join('\n');
}

/** Formats until the text is stable; null where it never is. */
function settle(text: string): string | null {
  let before = text;
  for (let pass = 0; pass < passesMax; pass += 1) {
    const after = write(before);
    if (after === before) return after;
    before = after;
  }
  return null;
}

function write(text: string): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false, prettyErrors: false });
  visit(document, {
    Scalar(_, node) {
      // Single quotes where nothing needs an escape.
      const plain = typeof node.value === 'string' && /^[^'\\\x00-\x1f\x7f]*$/.test(node.value);
      if (node.type === 'QUOTE_DOUBLE' && plain) node.type = 'QUOTE_SINGLE';
    },
  });
  const written = document.toString({
    indent: 2,
    indentSeq: true,
    singleQuote: true,
    flowCollectionPadding: false,
    lineWidth: hasLongText(document) ? 0 : widthMax,
  });
  const lines = written.split('\n').map((line) => line.trimEnd());
  return `${lines.join('\n').replace(/\n+$/, '')}\n`;
}

function hasLongText(document: Document): boolean {
  let found = false;
  visit(document, {
    Scalar(_, node) {
      const inline = isScalar(node) && node.type !== 'BLOCK_FOLDED' && node.type !== 'BLOCK_LITERAL';
      if (!inline || typeof node.value !== 'string' || node.value.length <= inlineTextMax) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
