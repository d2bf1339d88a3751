/** The inventory: every certificate by state, searched and in pages. */
import type { Context } from '../platform/portal/index.ts';
import { isAnnounced, listCertificates, type PublishedCertificate } from './list.ts';

export const certificateStates = {
  good: 'Good',
  announced: 'Announced',
  ending: 'Run out soon',
  ended: 'Expired',
  revoked: 'Revoked',
} as const;
export type CertificateState = keyof typeof certificateStates;

/** With that many days left a successor can be issued. */
export const endingDays = 60;
const dayMs = 86_400_000;
const perPage = 50;
const queryCharactersMax = 200;

export interface InventoryEntry extends PublishedCertificate {
  readonly state: CertificateState;
  /** Whole days until it runs out; negative afterwards. */
  readonly daysLeft: number;
  /** Serial number of the certificate of the same name that is valid longest, where it isn't this one. */
  readonly successor: string | null;
}

export interface Inventory {
  readonly entries: readonly InventoryEntry[];
  /** How many certificates that match the words are in each state. */
  readonly counts: Readonly<Record<CertificateState, number>>;
  readonly found: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/**
 * `words`: parts of a project's slug, a certificate's name, subject, serial number or fingerprint; all must fit. `state`: one of the
 * states, anything else means all. `page` outside the pages is the nearest one. Public.
 */
export async function readInventory(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: { readonly words: string; readonly state: string; readonly page: number };
}): Promise<Inventory> {
  const { ctx, input } = call;
  return inventoryOf(await listCertificates({ ctx }), input, ctx.now());
}

/** The same for certificates that have been read already. */
export function inventoryOf(
  certificates: readonly PublishedCertificate[],
  input: { readonly words: string; readonly state: string; readonly page: number },
  now: Date,
): Inventory {
  const words = input.words.slice(0, queryCharactersMax).toLowerCase().split(/\s+/).filter(Boolean);
  const counts = { good: 0, announced: 0, ending: 0, ended: 0, revoked: 0 };
  const asked = isState(input.state) ? input.state : null;
  const found: SearchEntry[] = [];
  // Of thousands only those of the page are made.
  for (const one of sortedForSearch(certificates)) {
    if (!words.every((word) => one.text.includes(word))) continue;
    const state = stateOf(one.certificate, daysLeftOf(one.certificate, now), now);
    counts[state] += 1;
    if (asked === null || state === asked) found.push(one);
  }
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const page = Math.min(Math.max(1, Math.trunc(input.page) || 1), pages);
  const entries = found
    .slice((page - 1) * perPage, page * perPage)
    .map(({ certificate, longest }) => entryOf(certificate, longest, now));
  return { entries, counts, found: found.length, page, pages };
}

interface SearchEntry {
  readonly certificate: PublishedCertificate;
  /** The text that is searched. */
  readonly text: string;
  /** Of the same name, that which is valid longest; null: there is none, or it is the foundation's own. */
  readonly longest: PublishedCertificate | null;
}

const sortedLists = new WeakMap<readonly PublishedCertificate[], readonly SearchEntry[]>();

/** Sorted, with their search text: done once for thousands of certificates, not for each reader. */
function sortedForSearch(certificates: readonly PublishedCertificate[]): readonly SearchEntry[] {
  const kept = sortedLists.get(certificates);
  if (kept !== undefined) return kept;
  const sorted = sortForSearch(certificates);
  sortedLists.set(certificates, sorted);
  return sorted;
}

/** The foundation's own in the order of the registry, then projects by slug, the newest first. */
function sortForSearch(certificates: readonly PublishedCertificate[]): readonly SearchEntry[] {
  const newest = new Map<string, PublishedCertificate>();
  for (const certificate of certificates) {
    const known = newest.get(groupOf(certificate));
    if (certificate.revocation === null && (known === undefined || certificate.validTo > known.validTo))
      newest.set(groupOf(certificate), certificate);
  }
  const ordered = [
    ...certificates.filter(({ project }) => project === null),
    ...certificates
      .filter(({ project }) => project !== null)
      .toSorted(
        (a, b) =>
          compare(a.project ?? '', b.project ?? '') ||
          compare(a.name ?? '', b.name ?? '') ||
          b.validTo.getTime() - a.validTo.getTime(),
      ),
  ];
  return ordered.map((certificate) => ({
    certificate,
    text: textOf(certificate),
    longest: certificate.project === null ? null : (newest.get(groupOf(certificate)) ?? null),
  }));
}

function entryOf(
  certificate: PublishedCertificate,
  longest: PublishedCertificate | null,
  now: Date,
): InventoryEntry {
  const daysLeft = daysLeftOf(certificate, now);
  const successor = longest === null || longest.validTo <= certificate.validTo ? null : longest.serial;
  return { ...certificate, daysLeft, successor, state: stateOf(certificate, daysLeft, now) };
}

const daysLeftOf = ({ validTo }: PublishedCertificate, now: Date): number =>
  Math.floor((validTo.getTime() - now.getTime()) / dayMs);

function stateOf(certificate: PublishedCertificate, daysLeft: number, now: Date): CertificateState {
  const { revocation, validTo, validFrom } = certificate;
  if (revocation !== null) return 'revoked';
  if (daysLeft < 0) return 'ended';
  if (isAnnounced(certificate, now)) return 'announced';
  // Certificates with a short validity period are never reported as ending.
  const long = validTo.getTime() - validFrom.getTime() > 2 * endingDays * dayMs;
  return long && daysLeft <= endingDays ? 'ending' : 'good';
}

function textOf({ project, name, purpose, subject, serial, sha256 }: PublishedCertificate): string {
  return [project, name, purpose, subject, serial, sha256].join(' ').toLowerCase();
}

const groupOf = ({ project, name, purpose, publisher }: PublishedCertificate): string =>
  JSON.stringify([project, name, purpose, publisher]);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isState = (text: string): text is CertificateState => Object.hasOwn(certificateStates, text);
