/** The licences that a user probably meant, by the names used in e-mails and old manifests. */
import { osiApproved } from '../generated/osi-licences.ts';
import { suggestName } from '../text/near-name/index.ts';

const nearMax = 5;
const typedCharactersMax = 120;
/** Words in the names of nearly all licences, so they distinguish none. */
const stopWords = new Set([
  'license',
  'licence',
  'licenses',
  'the',
  'version',
  'v',
  'gnu',
  'software',
  'only',
  'or',
  'later',
]);

/** “GPL3”, “gpl v3.0” and “GPL-3.0-only” → gpl, 3. */
function tokensOf(text: string): readonly string[] {
  const plain = text.toLowerCase().replaceAll(/v\.?[ ]?(?=\d)/g, ' ');
  const tokens = plain.match(/[a-z]+|\d+(?:\.\d+)*/g) ?? [];
  return tokens.map((token) => token.replace(/(?:\.0)+$/, '')).filter((token) => !stopWords.has(token));
}

const knownLicences = osiApproved.map(([id, name]) => ({ id, byId: tokensOf(id), byName: tokensOf(name) }));

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join(' ') === [...b].sort().join(' ');
const isSubset = (some: readonly string[], all: readonly string[]): boolean =>
  some.every((token) => all.includes(token));

type Known = (typeof knownLicences)[number];

/** Newer versions first: 3.0 before 2.0. */
const likelier = (a: Known, b: Known): number =>
  a.byId.length - b.byId.length || b.byId.join(' ').localeCompare(a.byId.join(' '), 'en', { numeric: true });

/** Licences whose id or name has the same words and version; at most five. */
export function namedLicences(text: string): readonly string[] {
  const typed = text.slice(0, typedCharactersMax);
  const tokens = tokensOf(typed);
  if (tokens.length === 0) return [];
  return chosen(
    typed,
    knownLicences.filter(({ byId, byName }) => same(tokens, byId) || same(tokens, byName)),
  );
}

/** At most five approved licences, the likeliest first; none if nothing is similar. */
export function nearLicences(text: string): readonly string[] {
  const typed = text.slice(0, typedCharactersMax);
  const named = namedLicences(typed);
  if (named.length > 0) return named;
  const tokens = tokensOf(typed);
  if (tokens.length === 0) return [];
  const partly = knownLicences.filter(
    ({ byId, byName }) => isSubset(tokens, byId) || isSubset(tokens, byName),
  );
  if (partly.length > 0) return chosen(typed, partly);
  const near = suggestName(
    typed,
    knownLicences.map((licence) => licence.id),
  );
  return near === null ? [] : [near];
}

function chosen(typed: string, found: readonly Known[]): readonly string[] {
  const ids = found.toSorted(likelier).map((licence) => licence.id);
  const later = ids.filter((id) => id.endsWith('-or-later'));
  return (later.length > 0 && /\+|later/i.test(typed) ? later : ids).slice(0, nearMax);
}

/** An id that SPDX has replaced → what to write instead. Empty: only SPDX's page about it says. */
export function replacementsOf(id: string, orLater: boolean): readonly string[] {
  if (id === 'wxWindows') return ['LGPL-2.0-or-later WITH WxWindows-exception-3.1'];
  if (id === 'eCos-2.0') return ['GPL-2.0-or-later WITH eCos-exception-2.0'];
  const [, base = id, exception] = /^(GPL-\d\.\d)-with-([A-Za-z]+)-exception$/.exec(id) ?? [];
  if (!/^(?:A|L)?GPL-\d\.\d$|^GFDL-\d\.\d$/.test(base)) return [];
  const exceptions: Readonly<Record<string, string>> = {
    GCC: base === 'GPL-2.0' ? 'GCC-exception-2.0' : 'GCC-exception-3.1',
    autoconf: base === 'GPL-2.0' ? 'Autoconf-exception-2.0' : 'Autoconf-exception-3.0',
    bison: 'Bison-exception-2.2',
    classpath: 'Classpath-exception-2.0',
    font: 'Font-exception-2.0',
  };
  const tail = exception === undefined ? '' : ` WITH ${exceptions[exception] ?? ''}`;
  return (orLater ? ['or-later'] : ['only', 'or-later']).map((which) => `${base}-${which}${tail}`);
}
