/** Which of several keys and certificates of one name signs: docs/guides/ceremony.md states the same rule for people. */
import type { SigningKey } from './signing-keys.ts';

/** Valid at this time, and announced for it. */
export function isInUse(
  { certificate, entry }: Pick<SigningKey, 'certificate' | 'entry'>,
  at: Date,
): boolean {
  return certificate.validFromDate <= at && at <= certificate.validToDate && isAnnouncedFor(entry, at);
}

/** A successor's date of first use has come, or it has none. */
export const isAnnouncedFor = ({ notUsedBefore }: SigningKey['entry'], at: Date): boolean =>
  notUsedBefore === undefined || Date.parse(notUsedBefore) <= at.getTime();

/**
 * Of what may sign for a request: the keys that signatures of it were claimed by before, if any of them still may; else all. One that becomes
 * the newest while a request is signed is for the requests after it: no place of this one may get another key's signature.
 */
export function begunWith<Key extends Pick<SigningKey, 'entry'>>(
  usable: readonly Key[],
  claimed: ReadonlySet<string>,
): readonly Key[] {
  const begun = usable.filter(({ entry }) => claimed.has(entry.label));
  return begun.length > 0 ? begun : usable;
}

/** The one that became valid last; of several at once, the last in the registry. null: there is none. */
export function newestOf<Key extends Pick<SigningKey, 'certificate'>>(keys: readonly Key[]): Key | null {
  return keys.reduce<Key | null>(
    (newest, key) =>
      newest === null || key.certificate.validFromDate >= newest.certificate.validFromDate ? key : newest,
    null,
  );
}
