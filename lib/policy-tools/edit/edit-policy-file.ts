import { CST, Lexer, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { schemas } from '#core/generated/index.ts';
import type { Kind } from '#core/generated/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { formatPolicyFile } from '#core/policy/index.ts';
import type { Diagnostic, DocumentPath } from '#core/policy/index.ts';
import { valueWith } from './meant-value.ts';
import { mergeLines } from './merge-lines.ts';
import type { SchemaNode } from './schema-at.ts';
import { setValue } from './set-value.ts';
import { writeOutAliases } from './write-out-aliases.ts';

export interface PolicyEdit {
  readonly path: DocumentPath;
  /** undefined: remove it, and whatever becomes empty as a result. */
  readonly value: JsonValue | undefined;
}

export type EditedFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * A policy file's text and edits → the new text. Only the lines that the edits mean are others: people sign what they read in the diff.
 * New keys follow the schema's order; a file in the layout of `countersign fmt` stays in it. Without edits the text is unchanged.
 * Refuses text that `fmt` refuses, and an edit after which the file would say anything else than was meant. Doesn't validate the result.
 */
export function editPolicyFile(
  file: { readonly path: string; readonly text: string; readonly kind: Kind },
  edits: readonly PolicyEdit[],
): EditedFile {
  const before = format(file.path, file.text);
  if (!before.ok) return before;
  if (edits.length === 0) return { ok: true, text: file.text };
  if (!edits.every(({ value }) => isText(value))) return unwritable(file.path, edits);
  const document = parse(file.text);
  const layout = layoutOf(file.text);
  const written = document.toString(layout);
  let meant: JsonValue | undefined = document.toJS() as JsonValue;
  for (const { path, value } of edits) {
    meant = valueWith(meant, path, value);
    writeOutAliases(document, path);
    setValue(document, path, value, schemas[file.kind] as SchemaNode);
  }
  const text = merged(file.text, written, document, layout);
  const after = format(file.path, text);
  if (!after.ok) return after;
  const result = before.changed ? text : new TextDecoder().decode(after.bytes);
  return says(result, meant) ? { ok: true, text: result } : unwritable(file.path, edits);
}

/** Half a character (a lone surrogate) is none in UTF-8. */
const isText = (value: JsonValue | undefined): boolean =>
  value === undefined || !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));

function says(text: string, meant: JsonValue | undefined): boolean {
  const document = parse(text);
  return (
    document.errors.length === 0 &&
    canonicalJson(document.toJS() as JsonValue) === canonicalJson(meant ?? null)
  );
}

function unwritable(file: string, edits: readonly PolicyEdit[]): EditedFile {
  const fields = edits.map(({ path }) => path.join('.')).join(', ');
  const message = `${fields} can’t be set here so that the file says that and nothing else changes.`;
  const fix = 'Change it in the text of the file.';
  return { ok: false, diagnostics: [{ file, line: 1, column: 1, rule: 'edit.meaning', message, fix }] };
}

const format = (path: string, text: string) =>
  formatPolicyFile({ path, bytes: new TextEncoder().encode(text) });

const parse = (text: string): Document.Parsed =>
  parseDocument(text, { version: '1.2', schema: 'core', merge: false });

/** The text with the edit's lines; where that isn't what was meant, the whole file as it is written anew. */
function merged(text: string, written: string, document: Document, layout: Layout): string {
  const edited = document.toString(layout);
  // New lines end as the first one does; the others keep their ends.
  const end = /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
  const linesOf = (one: string): readonly string[] => one.replaceAll('\n', end).split('\n');
  const result = mergeLines(linesOf(written), linesOf(edited), text.split('\n'))?.join('\n') ?? edited;
  return saysTheSame(result, edited) ? result : edited;
}

/** Values and comments are those of the document; where comments stand between lines is the text's. */
function saysTheSame(text: string, written: string): boolean {
  const [one, other] = [parse(text), parse(written)];
  return (
    one.errors.length === 0 &&
    canonicalJson(one.toJS() as JsonValue) === canonicalJson(other.toJS() as JsonValue) &&
    commentsOf(text) === commentsOf(written)
  );
}

function commentsOf(text: string): string {
  const comments: string[] = [];
  let plain = false;
  for (const token of new Lexer().lex(text)) {
    if (!plain && CST.tokenType(token) === 'comment') comments.push(token.trim());
    plain = token === CST.SCALAR;
  }
  return comments.sort().join('\n');
}

type Layout = ReturnType<typeof layoutOf>;

/** How the text is laid out, so that new lines fit in. */
function layoutOf(text: string) {
  const indent =
    /^[\w-]+:[^\S\n]*(?:#.*)?\r?\n(?:\s*(?:#.*)?\r?\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return {
    indent: Math.min(indent, 8),
    // A list whose dashes stand right under its key.
    indentSeq: !/^( *)[\w-]+:[^\S\n]*(?:#.*)?\r?\n(?:\s*(?:#.*)?\r?\n)*\1- /m.test(text),
    singleQuote: true,
    flowCollectionPadding: /[[{] /.test(text),
    lineWidth: 0,
  };
}
