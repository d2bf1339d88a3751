/** The project's own pages: its home page, and what that page links to as prices, editions or licences. */
import { isError } from '#core/error/index.ts';
import { piecesOf } from '../policy-tools/html/index.ts';
import { leadsToSales } from './reputation/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import type { FetchPage } from '../platform/page-fetch/index.ts';

interface Link {
  readonly text: string;
  readonly url: string;
}

interface SeenPage {
  readonly url: string;
  readonly text: string;
  readonly links: readonly Link[];
}

export interface SeenPages {
  readonly pages: readonly SeenPage[];
  readonly failed: readonly { readonly url: string; readonly reason: string }[];
}

const furtherMax = 3;
const textCharactersMax = 60_000;
const linksMax = 300;

/**
 * Four pages at most, each within the bounds of `fetchPage`; pages that can't be fetched are named with the reason. `repository`: its
 * address; a home page on the same host isn't fetched, since there the host speaks of its own prices.
 */
export async function askPages(
  fetchPage: FetchPage,
  { home, repository }: { readonly home: string | null; readonly repository: string },
): Promise<SeenPages> {
  if (home === null) return { pages: [], failed: [] };
  if (URL.canParse(home) && new URL(home).host === new URL(repository).host) {
    return { pages: [], failed: [{ url: home.slice(0, 2_000), reason: 'it is a page of the code host' }] };
  }
  const pages: SeenPage[] = [];
  const failed: { readonly url: string; readonly reason: string }[] = [];
  const readPage = async (url: string): Promise<SeenPage | null> => {
    try {
      const fetched = await fetchPage(url);
      const page = seen(fetched.url, fetched.text);
      pages.push(page);
      return page;
    } catch (error) {
      if (!isError(error, PageFetchError)) throw error;
      failed.push({ url: url.slice(0, 2_000), reason: error.message.slice(0, 1_000) });
      return null;
    }
  };
  const first = await readPage(home);
  for (const url of first === null ? [] : furtherPages(first)) await readPage(url);
  return { pages, failed };
}

/** Only of the same site: other sites' offers don't count. */
function furtherPages({ url: from, links }: SeenPage): readonly string[] {
  const site = new URL(from);
  const found = links
    .filter(({ text, url }) => leadsToSales(text, url) && new URL(url).host === site.host)
    .map(({ url }) => withoutFragment(url));
  return [...new Set(found)].filter((url) => url !== withoutFragment(from)).slice(0, furtherMax);
}

const withoutFragment = (url: string): string => url.replace(/#.*$/, '');

/** Blocks become lines, so that words of adjacent blocks don't form a phrase. */
const lines = new Set(
  [
    'p',
    'div',
    'br',
    'li',
    'ul',
    'ol',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'tr',
    'td',
    'th',
    'section',
  ].concat([
    ...['header', 'footer', 'nav', 'main', 'article', 'table', 'pre', 'hr', 'dd', 'dt', 'button', 'option'],
  ]),
);

function seen(url: string, html: string): SeenPage {
  let text = '';
  const links: Link[] = [];
  let open: { readonly href: string; words: string } | null = null;
  for (const piece of piecesOf(html)) {
    if (piece.tag === null) {
      if (text.length < textCharactersMax) text += piece.text.replaceAll(/\s+/g, ' ');
      if (open !== null && open.words.length < 300) open.words += piece.text;
      continue;
    }
    if (lines.has(piece.tag)) text += '\n';
    if (piece.tag !== 'a') continue;
    if (open !== null) keep(links, url, open);
    open = piece.closes || piece.href === null ? null : { href: piece.href, words: '' };
  }
  if (open !== null) keep(links, url, open);
  const tidy = text.replaceAll('\0', '\ufffd').replaceAll(/ ?\n[ \n]*/g, '\n');
  return { url, text: tidy.slice(0, textCharactersMax), links };
}

function keep(links: Link[], base: string, { href, words }: { readonly href: string; words: string }): void {
  if (links.length >= linksMax || href.length > 1_000 || !URL.canParse(href, base)) return;
  const url = new URL(href, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return;
  if (url.href.length > 2_000) return;
  links.push({
    text: words
      .replaceAll(/[\0\s]+/g, ' ')
      .trim()
      .slice(0, 300),
    url: url.href,
  });
}
