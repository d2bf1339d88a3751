/** Atom feeds (RFC 4287) whose titles and summaries are plain text: whatever is in them, no reader takes it for markup. */

export interface AtomEntry {
  /** An address that never changes: readers know an entry by it. */
  readonly id: string;
  readonly link: string;
  readonly title: string;
  readonly published: Date;
  /** A later time tells readers that the entry has changed. */
  readonly updated: Date;
  readonly summary: string;
}

export interface AtomFeed {
  readonly id: string;
  /** The page that the feed is of. */
  readonly link: string;
  readonly self: string;
  readonly title: string;
  /** The author (RFC 4287, section 4.2.1). */
  readonly author: string;
  /** Where there is no entry; otherwise the newest of the entries counts. */
  readonly updated: Date;
  readonly entries: readonly AtomEntry[];
}

/** When it last changed: the newest of its entries. */
export const feedUpdated = ({ entries, updated }: AtomFeed): Date =>
  entries.reduce(
    (newest, entry) => (entry.updated > newest ? entry.updated : newest),
    entries[0]?.updated ?? updated,
  );

/** → the document, as UTF-8 text. */
export function atomFeed(feed: AtomFeed): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${escapeXml(feed.id)}</id>`,
    text('title', feed.title),
    `<updated>${feedUpdated(feed).toISOString()}</updated>`,
    `<author><name>${escapeXml(feed.author)}</name></author>`,
    `<link rel="alternate" href="${escapeXml(feed.link)}"/>`,
    `<link rel="self" type="application/atom+xml" href="${escapeXml(feed.self)}"/>`,
    ...feed.entries.map(entryOf),
    '</feed>',
    '',
  ].join('\n');
}

function entryOf(entry: AtomEntry): string {
  return [
    '<entry>',
    `<id>${escapeXml(entry.id)}</id>`,
    text('title', entry.title),
    `<published>${entry.published.toISOString()}</published>`,
    `<updated>${entry.updated.toISOString()}</updated>`,
    `<link rel="alternate" href="${escapeXml(entry.link)}"/>`,
    text('summary', entry.summary),
    '</entry>',
  ].join('\n');
}

const text = (name: string, value: string): string => `<${name} type="text">${escapeXml(value)}</${name}>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
};

/** What XML can't hold at all (XML 1.0, production 2) becomes U+FFFD. */
function escapeXml(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"'\r]/g, (character) => entities[character] ?? character);
}
