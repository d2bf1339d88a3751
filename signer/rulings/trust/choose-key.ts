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

/** The one that became valid last; of several at once, the last in the registry. null: there is none. */
export function newestOf<Key extends Pick<SigningKey, 'certificate'>>(keys: readonly Key[]): Key | null {
  return keys.reduce<Key | null>(
    (newest, key) =>
      newest === null || key.certificate.validFromDate >= newest.certificate.validFromDate ? key : newest,
    null,
  );
}
