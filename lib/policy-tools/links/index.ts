/** Does a page of a project link to its code-signing policy, with the wording that the foundation requires? Pure. */
import { piecesOf } from '../html/index.ts';

export interface PolicyLinkResult {
  readonly found: boolean;
  /** A sentence for the maintainer. */
  readonly reason: string;
}

export const policyWords = 'Code signing policy';
const linksMax = 2_000;
const textCharactersMax = 300;

interface Link {
  readonly text: string;
  readonly url: string;
}

/** `policyUrls`: any of these URLs suffices; the portal's page of the project comes first. */
export function findPolicyLink(input: {
  readonly html: string;
  readonly pageUrl: string;
  readonly policyUrls: readonly string[];
}): PolicyLinkResult {
  const { links, headings, words } = scan(input.html, input.pageUrl);
  const accepted = new Set(input.policyUrls.map(normalised));
  const named = links.filter((link) => hasWords(link.text));
  if (named.some((link) => accepted.has(normalised(link.url)))) {
    return { found: true, reason: `The page links to the policy under the words “${policyWords}”.` };
  }
  if (headings.some(hasWords)) {
    return { found: true, reason: `The page has a section “${policyWords}” of its own.` };
  }
  const [other] = named;
  if (other !== undefined) {
    return {
      found: false,
      reason: `The words “${policyWords}” link to ${other.url.slice(0, 200)}; they must link to ${input.policyUrls[0] ?? 'the policy'}.`,
    };
  }
  if (links.some((link) => accepted.has(normalised(link.url)))) {
    return { found: false, reason: `The policy is linked, but not under the words “${policyWords}”.` };
  }
  return {
    found: false,
    reason: words
      ? `The words “${policyWords}” are there, but not as a link. Make them a link.`
      : `The words “${policyWords}” are not on the page.`,
  };
}

function scan(html: string, pageUrl: string): { links: Link[]; headings: string[]; words: boolean } {
  const links: Link[] = [];
  const headings: string[] = [];
  let link: { url: string; text: string } | null = null;
  let heading: string | null = null;
  let tail = '';
  let words = false;
  for (const piece of piecesOf(html)) {
    if (piece.tag === null) {
      if (link !== null) link.text = (link.text + piece.text).slice(0, textCharactersMax);
      if (heading !== null) heading = (heading + piece.text).slice(0, textCharactersMax);
      // Words may be split over elements: the end of the text before is kept.
      tail = (tail + piece.text).slice(-textCharactersMax - piece.text.length);
      words ||= hasWords(tail);
      tail = tail.slice(-textCharactersMax);
    } else if (piece.tag === 'a') {
      if (link !== null && links.length < linksMax) links.push(link);
      link = null;
      if (!piece.closes && piece.href !== null && URL.canParse(piece.href, pageUrl)) {
        link = { url: new URL(piece.href, pageUrl).href, text: '' };
      }
    } else if (/^h[1-6]$/.test(piece.tag)) {
      if (heading !== null) headings.push(heading);
      heading = piece.closes || headings.length > linksMax ? null : '';
    }
  }
  if (link !== null) links.push(link);
  return { links, headings, words };
}

/** However it is hyphenated, spaced and cased. */
const hasWords = (text: string): boolean =>
  /code[\s\u2010-\u2015\u00ad-]{1,5}signing[\s\u2010-\u2015\u00ad-]{1,5}policy/i.test(text);

function normalised(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}${search}`;
}
