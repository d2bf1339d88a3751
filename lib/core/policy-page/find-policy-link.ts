/** Does a page of a project lead to its code-signing policy, under the words that people look for? */
import { contentOf } from './page-content.ts';
import type { PageLink } from './page-content.ts';

export interface PolicyLinkResult {
  readonly found: boolean;
  /** A sentence for whoever keeps the page. */
  readonly reason: string;
  /** Links under the words, wherever they lead. */
  readonly links: readonly PageLink[];
}

export interface PolicyLinkInput {
  readonly html: string;
  /** Where the page was in the end, after redirects. */
  readonly pageUrl: string;
  /** Any of these will do; the first is what the reason names. */
  readonly policyUrls: readonly string[];
}

const words = 'code signing policy';
const shownWords = '“Code signing policy”';
const shownCharactersMax = 200;
const linksReturnedMax = 20;
/** Far more than linksOf returns: the link in question usually stands in the footer. */
const linksReadMax = 50_000;

export function findPolicyLink({ html, pageUrl, policyUrls }: PolicyLinkInput): PolicyLinkResult {
  const { links, headings, text } = contentOf(html, pageUrl, linksReadMax);
  const wanted = new Set(policyUrls.map(comparable));
  const named = links.filter((link) => saysWords(link.text));
  const result = (found: boolean, reason: string): PolicyLinkResult => ({
    found,
    reason,
    links: named.slice(0, linksReturnedMax),
  });
  if (named.some((link) => wanted.has(comparable(link.href)))) {
    return result(true, `The page links to the policy under the words ${shownWords}.`);
  }
  if (headings.some(saysWords)) return result(true, `The page itself has a section ${shownWords}.`);
  const target = short(policyUrls[0] ?? 'the policy');
  const [astray] = named;
  if (astray !== undefined) {
    return result(
      false,
      `The words ${shownWords} link to ${short(astray.href)}; they have to link to ${target}.`,
    );
  }
  if (links.some((link) => wanted.has(comparable(link.href)))) {
    return result(false, `The page links to the policy, but not under the words ${shownWords}.`);
  }
  return saysWords(text)
    ? result(false, `The words ${shownWords} are on the page, but are no link; link them to ${target}.`)
    : result(false, `The words ${shownWords} are not on the page; add them as a link to ${target}.`);
}

/** Whole words, however they are cased, spaced or hyphenated. */
function saysWords(text: string): boolean {
  const plain = text
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\s\p{Dash_Punctuation}\u2212]+/gu, ' ')
    .toLowerCase();
  for (let at = plain.indexOf(words); at !== -1; at = plain.indexOf(words, at + words.length)) {
    if (!isWordCharacter(plain[at - 1]) && !isWordCharacter(plain[at + words.length])) return true;
  }
  return false;
}

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{Letter}\p{Number}]/u.test(character);

/** Without the fragment and a slash at the end. */
function comparable(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.hash = '';
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  return JSON.stringify([url.protocol, url.username, url.password, url.host, path, url.search]);
}

const short = (address: string): string =>
  address.length <= shownCharactersMax ? address : `${address.slice(0, shownCharactersMax)}…`;
