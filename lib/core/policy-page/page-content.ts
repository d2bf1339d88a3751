/** What a page says where: its links, its headings, its text. */
import { tokensOf } from './html-tokens.ts';
import type { HtmlToken } from './html-tokens.ts';

export interface PageLink {
  readonly text: string;
  /** Absolute, http or https. */
  readonly href: string;
}

export interface PageContent {
  readonly links: readonly PageLink[];
  /** Without what in them is a link to another page. */
  readonly headings: readonly string[];
  readonly text: string;
}

const linksMax = 2_000;
const headingsMax = 2_000;
const labelCharactersMax = 2_000;
const urlCharactersMax = 4_096;

/** These don't part the words that they stand between. */
const inlineElements: ReadonlySet<string> = new Set([
  ...['a', 'abbr', 'b', 'bdi', 'bdo', 'cite', 'code', 'em', 'font', 'i', 'kbd', 'mark', 'q', 's', 'small'],
  ...['span', 'strong', 'sub', 'sup', 'u', 'var', 'wbr'],
]);
const headingElements: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/** Addresses are absolute; what isn't http or https is left out. */
export const linksOf = (html: string, baseUrl: string): readonly PageLink[] =>
  contentOf(html, baseUrl, linksMax).links;

export function contentOf(html: string, pageUrl: string, max: number): PageContent {
  const reader = new ContentReader(pageUrl, max);
  for (const token of tokensOf(html)) reader.take(token);
  return reader.finish();
}

class ContentReader {
  readonly #links: PageLink[] = [];
  readonly #headings: string[] = [];
  readonly #texts: string[] = [];
  readonly #page: URL | null;
  readonly #max: number;
  #base: URL | null;
  #hasBase = false;
  #link: { readonly href: string; readonly leadsAway: boolean; text: string } | null = null;
  #heading: string | null = null;

  constructor(pageUrl: string, max: number) {
    this.#page = webUrl(pageUrl, null);
    this.#base = this.#page;
    this.#max = max;
  }

  take(token: HtmlToken): void {
    if (token.kind === 'text') {
      this.#add(token.text);
      return;
    }
    if (!inlineElements.has(token.name)) this.#add(' ');
    if (headingElements.has(token.name)) this.#turnHeading(token.kind === 'open');
    if (token.name === 'a') this.#turnLink(token);
    if (token.name === 'base' && token.kind === 'open') this.#moveBase(token.attributes.get('href'));
  }

  finish(): PageContent {
    this.#closeLink();
    this.#turnHeading(false);
    return { links: this.#links, headings: this.#headings, text: this.#texts.join('') };
  }

  #add(text: string): void {
    this.#texts.push(text);
    if (this.#link !== null) this.#link.text = extended(this.#link.text, text);
    if (this.#heading !== null && this.#link?.leadsAway !== true) {
      this.#heading = extended(this.#heading, text);
    }
  }

  #turnHeading(opens: boolean): void {
    if (this.#heading !== null && this.#headings.length < headingsMax) this.#headings.push(this.#heading);
    this.#heading = opens ? '' : null;
  }

  #turnLink(token: Exclude<HtmlToken, { kind: 'text' }>): void {
    this.#closeLink();
    const href = token.kind === 'open' ? token.attributes.get('href') : undefined;
    const url = href === undefined || this.#links.length >= this.#max ? null : webUrl(href, this.#base);
    if (url === null) return;
    const leadsAway = this.#page === null || withoutFragment(url) !== withoutFragment(this.#page);
    this.#link = { href: url.href, leadsAway, text: '' };
  }

  #closeLink(): void {
    if (this.#link !== null) {
      this.#links.push({ text: this.#link.text.replace(/\s+/g, ' ').trim(), href: this.#link.href });
    }
    this.#link = null;
  }

  /** The first <base href> of a page counts. */
  #moveBase(href: string | undefined): void {
    if (href === undefined || this.#hasBase) return;
    this.#hasBase = true;
    this.#base = webUrl(href, this.#page) ?? this.#base;
  }
}

const extended = (label: string, text: string): string =>
  label.length >= labelCharactersMax ? label : label + text.slice(0, labelCharactersMax - label.length);

function webUrl(text: string, base: URL | null): URL | null {
  if (text.length > urlCharactersMax) return null;
  const url = base === null ? URL.parse(text) : URL.parse(text, base);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

const withoutFragment = (url: URL): string => {
  const fragment = url.href.indexOf('#');
  return fragment === -1 ? url.href : url.href.slice(0, fragment);
};
