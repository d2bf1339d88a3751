import { Composer, Lexer, Parser } from 'yaml';
import type { CST, Document, LineCounter } from 'yaml';
import { duplicateKeys } from './duplicate-keys.ts';
import { TokenScan } from './scan-tokens.ts';

/**
 * A stranger's text → its only document, with every error of the library's being one, or what is wrong with it. In time linear in the
 * text: the library by itself compares each key of a map with each, shows each error with the lines around it, and goes as deep as
 * anybody nests. `lines` is told where each begins; `aliasesMax`: for who doesn't follow them; `tags`: names of tags that the format has of its
 * own, whose values stay as they are written.
 */
export function composeOne(
  text: string,
  {
    lines,
    aliasesMax,
    tags = [],
  }: {
    readonly lines?: LineCounter;
    readonly aliasesMax?: number;
    readonly tags?: readonly string[];
  } = {},
): Document.Parsed | string {
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
  const [document] = documents;
  if (document === undefined || documents.length !== 1) return 'it has several documents';
  const [problem] = [...document.errors, ...document.warnings, ...duplicateKeys(document)];
  return problem === undefined ? document : `it is not YAML: ${problem.message.slice(0, 200)}`;
}
