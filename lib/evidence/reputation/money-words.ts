/** Words and addresses that go with licences for sale and with sponsors. They prove nothing: they say where to look. */

const commercial: readonly RegExp[] = [
  /\b(?:commercial|proprietary|enterprise|paid)\s{1,4}licen[cs](?:es?|ing)\b/i,
  /\bdual[- ]licen[cs](?:ed?|ing)\b/i,
  /\b(?:enterprise|premium|professional|business|commercial|paid|pro)\s{1,4}(?:edition|version|plan|features?)\b/i,
  /\bcommunity\s{1,4}edition\b/i,
  /\bopen[- ]core\b/i,
  /\b(?:buy|purchase|order)\s{1,4}(?:(?:a|an|the|your)\s{1,4})?(?:[a-z]{1,20}\s{1,4})?licen[cs]e/i,
  /\bcontact\s{1,4}(?:our\s{1,4})?sales\b/i,
  /\blicen[cs]e\s{1,4}keys?\b/i,
  /\bfree\s{1,4}for\s{1,4}(?:personal|private|non-?commercial)\b/i,
  /\bpricing\b/i,
];
const sponsored: readonly RegExp[] = [
  /\bsponsor(?:ed|s|ship)?\s{1,4}(?:by|from|this)\b/i,
  /\b(?:backed|funded|financed|maintained|developed)\s{1,4}by\s{1,4}(?:the\s{1,4})?[A-Z][\w&.-]{1,40}/,
  /\bbecome\s{1,4}(?:a|our)\s{1,4}(?:sponsor|backer|patron)\b/i,
];
const lineCharactersMax = 600;
const linesMax = 5_000;
const foundMax = 20;

export interface Quote {
  readonly line: number;
  readonly text: string;
}

const quotes = (text: string, patterns: readonly RegExp[]): readonly Quote[] => {
  const found: Quote[] = [];
  for (const [at, whole] of text.split('\n', linesMax).entries()) {
    const line = whole.slice(0, lineCharactersMax);
    const hit = patterns.map((pattern) => pattern.exec(line)).find((match) => match !== null);
    if (hit === undefined) continue;
    const from = Math.max(0, hit.index - 50);
    found.push({ line: at + 1, text: line.slice(from, hit.index + hit[0].length + 50).trim() });
    if (found.length >= foundMax) break;
  }
  return found;
};

export const commercialQuotes = (text: string): readonly Quote[] => quotes(text, commercial);
export const sponsorQuotes = (text: string): readonly Quote[] => quotes(text, sponsored);

const commercialPath =
  /\/(?:pricing|prices|enterprise|commercial|buy|purchase|order|plans|shop|store|editions?|licensing)(?:[/?#.]|$)/i;
const commercialLinkWords =
  /\b(?:pricing|prices|enterprise|commercial|buy|purchase|plans|editions?|licensing)\b/i;
const sponsorPlaces =
  /^https?:\/\/(?:www\.)?(?:github\.com\/sponsors\/|opencollective\.com\/|patreon\.com\/|ko-fi\.com\/|liberapay\.com\/|tidelift\.com\/|buymeacoffee\.com\/|paypal\.me\/|paypal\.com\/donate|donate\.stripe\.com\/|thanks\.dev\/|polar\.sh\/|issuehunt\.io\/|flattr\.com\/)/i;

/** Text of a link and where it leads. */
export const leadsToSales = (text: string, url: string): boolean =>
  commercialLinkWords.test(text.slice(0, 200)) || commercialPath.test(pathOf(url));
export const leadsToSponsors = (url: string): boolean => sponsorPlaces.test(url);

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '');

/** Addresses in a text, each bounded. */
export const addressesIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .slice(0, 100_000)
      .match(/https:\/\/[^\s<>"'()[\]]{3,300}/g)
      ?.slice(0, 500) ?? [],
  ),
];

const legalForm =
  /(?:^|[\s,(])(?:Inc|L\.?L\.?C|Ltd|Limited|GmbH|AG|KG|UG|S\.?A\.?S?|S\.?[rR]\.?[lL]|S\.?p\.?A|B\.?V|N\.?V|Corp|Corporation|Pty|PLC|Oy|AB|ApS|A\/S|K\.?K|Co\.,? Ltd|s\.r\.o)(?:[\s,.);]|$)/;
/** Companies among who holds the copyright: lines that say so and name a legal form. */
export const companiesIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .split('\n', 400)
      .map((line) => line.slice(0, 200).trim())
      .filter((line) => /copyright\b.{0,60}\d{4}|\(c\)|©/i.test(line) && legalForm.test(line))
      // Whose text the GNU licences are, not whose program.
      .filter((line) => !line.includes('Free Software Foundation'))
      .slice(0, foundMax),
  ),
];
export const hasLegalForm = (name: string): boolean => legalForm.test(name.slice(0, 300));
