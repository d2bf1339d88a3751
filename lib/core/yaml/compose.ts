import { Composer, isMap, isScalar, Lexer, Parser } from 'yaml';
import type { CST, Document, LineCounter, YAMLMap } from 'yaml';
import { duplicateKeys } from './duplicate-keys.ts';
import { TokenScan } from './scan-tokens.ts';

interface Reading {
  /** Is told where each line begins. */
  readonly lines?: LineCounter;
  /** For who doesn't follow them. */
  readonly aliasesMax?: number;
  /** Names of tags that the format has of its own, whose values stay as they are written. */
  readonly tags?: readonly string[];
}

/**
 * A stranger's text → its only document, with every error of the library's being one, or what is wrong with it. In time linear in the
 * text: the library by itself compares each key of a map with each, shows each error with the lines around it, and goes as deep as
 * anybody nests.
 */
export function composeOne(text: string, reading: Reading = {}): Document.Parsed | string {
  const documents = composeAll(text, reading);
  if (typeof documents === 'string') return documents;
  const [document] = documents;
  return document === undefined || documents.length !== 1 ? severalDocuments : document;
}

/** The same of a text that may begin with a header: a document of its own, which is a map of the one key `headerKey`. */
export function composeWithHeader(
  text: string,
  headerKey: string,
  reading: Reading = {},
): { readonly header: YAMLMap | null; readonly document: Document.Parsed } | string {
  const documents = composeAll(text, reading);
  if (typeof documents === 'string') return documents;
  const [first, second] = documents;
  if (first === undefined || documents.length > 2) return severalDocuments;
  if (second === undefined) return { header: null, document: first };
  const { contents: header } = first;
  // Where the first is no header, a reader takes one of the two, and not all take the same.
  if (!isMap(header) || header.items.length !== 1) return severalDocuments;
  const key: unknown = header.items[0]?.key;
  return isScalar(key) && key.value === headerKey ? { header, document: second } : severalDocuments;
}

const severalDocuments = 'it has several documents';

function composeAll(
  text: string,
  { lines, aliasesMax, tags = [] }: Reading,
): readonly Document.Parsed[] | string {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    customTags: tags.map((tag) => ({ tag, collection: 'seq' as const })),
    // duplicateKeys looks at each once.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const scan = new TokenScan(aliasesMax, tags);
  lines?.addNewLine(0);
  const parser = new Parser(lines?.addNewLine);
  const parsed: CST.Token[] = [];
  for (const token of new Lexer().lex(text)) {
    const problem = scan.look(token);
    if (problem !== null) return problem.message;
    parsed.push(...parser.next(token));
  }
  parsed.push(...parser.end());
  const documents = [...composer.compose(parsed, true, text.length)];
  for (const document of documents) {
    const [problem] = [...document.errors, ...document.warnings, ...duplicateKeys(document)];
    if (problem !== undefined) return `it is not YAML: ${problem.message.slice(0, 200)}`;
  }
  return documents;
}
