/** Markdown → HTML of one page, with anchors of headings and checked links. Raw HTML in markdown is refused. Pure. */
import { Marked, type Tokens } from 'marked';
import { DocsError } from './error.ts';

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly anchor: string;
  /** What stands below it, up to the next one, as plain text. */
  readonly words: string;
}

export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** A link's target as written → the address to write; null: the text stays without a link. Throws LINK_DEAD. */
export type Resolve = (target: string) => string | null;

export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** As GitHub makes anchors of headings: guides are read there, too. */
export function anchorsOf(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const base = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count === 0 ? base : `${base}-${count}`;
  };
}

interface Token {
  readonly type: string;
  readonly text?: string;
  readonly raw: string;
  readonly tokens?: readonly Token[];
}

/** Markdown's text without its marks. */
function plain(tokens: readonly Token[] | undefined): string {
  return (tokens ?? [])
    .map((token) => (token.tokens === undefined ? (token.text ?? '') : plain(token.tokens)))
    .join('');
}
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

export function renderPage(file: string, markdown: string, resolve: Resolve): Rendered {
  const headings: { depth: number; text: string; anchor: string; words: string[] }[] = [];
  const anchorOf = anchorsOf();
  /** Regions need names of their own. */
  let tables = 0;
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      html({ raw }: Tokens.HTML | Tokens.Tag): string {
        // Marks of what is generated; anything else would run or load something.
        if (/^\s*<!--[^]*?-->\s*$/.test(raw)) return '';
        const line = markdown.slice(0, Math.max(0, markdown.indexOf(raw))).split('\n').length;
        throw new DocsError(
          'HTML_IN_MARKDOWN',
          `${file}:${line}: HTML stands here: ${raw.trim().slice(0, 60)}. Write markdown, or put it in backquotes.`,
        );
      },
      heading({ tokens, depth }: Tokens.Heading): string {
        const text = unescaped(plain(tokens));
        const anchor = anchorOf(text);
        headings.push({ depth, text, anchor, words: [] });
        const label = escape(`Link to “${text}”`);
        const link = `<a class="anchor" href="#${anchor}" aria-label="${label}">#</a>`;
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)} ${link}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const text = this.parser.parseInline(tokens);
        const to = resolve(href);
        return to === null ? text : `<a href="${escape(to)}">${text}</a>`;
      },
      image({ text }: Tokens.Image): string {
        return `<em>${escape(text)}</em>`;
      },
      code({ text }: Tokens.Code): string {
        return `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`;
      },
      table(token: Tokens.Table): string {
        const cells = (row: readonly Tokens.TableCell[], tag: 'td' | 'th') =>
          row
            .map(
              ({ tokens }) =>
                `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`,
            )
            .join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        tables += 1;
        const label = escape(
          `Table ${tables}: ${token.header.map(({ tokens }) => plain(tokens)).join(', ')}`.slice(0, 120),
        );
        // Wide tables scroll by themselves, also by keyboard.
        return `<div class="wide" role="region" tabindex="0" aria-label="${label}"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>\n${rows}\n</tbody></table></div>\n`;
      },
    },
  });
  const tokens = marked.lexer(markdown);
  const html = marked.parser(tokens);
  collectWords(tokens, headings);
  const [title] = headings;
  if (title?.depth !== 1)
    throw new DocsError('NO_TITLE', `${file}:1: The page has no title. Begin it with “# Title”.`);
  return {
    title: title.text,
    html,
    headings: headings.map(({ words, ...heading }) => ({ ...heading, words: words.join(' ') })),
  };
}

/** Puts each block's text under the heading before it. */
function collectWords(tokens: readonly Token[], headings: readonly { readonly words: string[] }[]): void {
  let at = -1;
  for (const token of tokens) {
    if (token.type === 'heading') at += 1;
    else if (token.type !== 'html') headings[at]?.words.push(token.raw.replace(/\]\([^)]*\)/g, ' '));
  }
}
