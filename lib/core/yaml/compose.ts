import { Composer, Lexer, Parser } from 'yaml';
import type { CST, Document } from 'yaml';
import { duplicateKeys } from './duplicate-keys.ts';
import { TokenScan } from './scan-tokens.ts';

/**
 * A stranger's text → its only document, with every error of the library's being one, or what is wrong with it. In time linear in the
 * text: the library by itself compares each key of a map with each, and goes as deep as anybody nests.
 */
export function composeOne(text: string): Document.Parsed | string {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // duplicateKeys looks at each once.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const scan = new TokenScan();
  const parser = new Parser();
  const parsed: CST.Token[] = [];
  for (const token of new Lexer().lex(text)) {
    const problem = scan.look(token);
    if (problem !== null) return problem.message;
    parsed.push(...parser.next(token));
  }
  parsed.push(...parser.end());
  const documents = [...composer.compose(parsed, true, text.length)];
  const [document] = documents;
  if (document === undefined || documents.length !== 1) return 'it has several documents';
  const [problem] = [...document.errors, ...document.warnings, ...duplicateKeys(document)];
  return problem === undefined ? document : `it is not YAML: ${problem.message.slice(0, 200)}`;
}
