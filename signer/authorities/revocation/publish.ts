/** One round of publishing: revocations → signed lists in the publication, the complete list last. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  issueRevocationList,
  readRevocationList,
  RevocationError,
  type ReadRevocationList,
} from '#core/pki/crl/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import type { Revocations } from '../../rulings/revocations/index.ts';
import type { CheckedRevocations, LastPublished, ReservedNumber } from './last-published.ts';
import { mintListGrant } from './mint-list-grant.ts';

export interface Publisher {
  readonly keyHolder: Pick<KeyHolder, 'sign'>;
  readonly keyLabel: string;
  /** DER certificate of the issuing CA. */
  readonly issuer: Uint8Array;
  readonly publication: string;
  readonly last: Pick<LastPublished, 'check' | 'reserve'>;
  readonly parts: 1 | 16 | 256;
  readonly publicationUrl: string | null;
  readonly listMilliseconds: number;
  readonly refreshMilliseconds: number;
  readonly now: () => Date;
}

export interface Published {
  readonly made: boolean;
  readonly number: number;
  readonly nextUpdate: Date;
  readonly revoked: number;
}

/** Allows for verifiers' clocks that are slow. */
const backdatedMilliseconds = 5 * 60_000;

/**
 * Makes new lists where published ones lack an entry, are missing, or are due for refresh. The number is
 * reserved on disk before anything is signed with it, and every file replaces its predecessor atomically: whatever
 * fails in between, what is published stays complete and valid. Throws what failed, REGISTER_SHORT where less would
 * be published than
 * before; the caller tries again.
 */
export async function publishLists(publisher: Publisher, revocations: Revocations): Promise<Published> {
  const { now, publication, keyLabel, refreshMilliseconds } = publisher;
  const checked = await publisher.last.check(revocations);
  const whole = join(publication, listName(keyLabel, null));
  const current = await readPublished(whole, publisher.issuer);
  if (current !== null && holds(current, revocations, now(), refreshMilliseconds)) {
    return { made: false, ...published(current) };
  }
  const number = await publisher.last.reserve(checked);
  const thisUpdate = new Date(now().getTime() - backdatedMilliseconds);
  const nextUpdate = new Date(now().getTime() + publisher.listMilliseconds - backdatedMilliseconds);
  const partsOf = publisher.parts === 1 ? [] : Array.from({ length: publisher.parts }, (_, part) => part);
  for (const part of [...partsOf, null]) {
    const der = await makeList(publisher, checked, { number, part, thisUpdate, nextUpdate });
    await replaceFile(join(publication, listName(keyLabel, part)), der, 0o644);
  }
  return { made: true, number, nextUpdate, revoked: revocations.size };
}

/** `foundation-issuing.crl`, and for a part `foundation-issuing-0a.crl`. */
export function listName(keyLabel: string, part: number | null): string {
  return part === null ? `${keyLabel}.crl` : `${keyLabel}-${part.toString(16).padStart(2, '0')}.crl`;
}

function holds(list: ReadRevocationList, revocations: Revocations, now: Date, refreshMs: number): boolean {
  const age = now.getTime() - list.thisUpdate.getTime() - backdatedMilliseconds;
  if (age < -backdatedMilliseconds || age >= refreshMs || now >= list.nextUpdate) return false;
  if (list.revoked.size !== revocations.size) return false;
  return [...revocations.values()].every((revocation) => {
    return list.revoked.get(revocation.serial)?.revokedAt.getTime() === revocation.effectiveAt.getTime();
  });
}

const published = ({ number, nextUpdate, revoked }: ReadRevocationList) => ({
  number,
  nextUpdate,
  revoked: revoked.size,
});

/** null: there is none, or it isn't signed by this CA and will be replaced. */
async function readPublished(file: string, issuer: Uint8Array): Promise<ReadRevocationList | null> {
  try {
    return readRevocationList(new Uint8Array(await readFile(file)), issuer);
  } catch (error) {
    if (error instanceof RevocationError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function makeList(
  publisher: Publisher,
  revocations: CheckedRevocations,
  about: {
    readonly number: ReservedNumber;
    readonly part: number | null;
    readonly thisUpdate: Date;
    readonly nextUpdate: Date;
  },
): Promise<Uint8Array> {
  const { keyLabel, issuer, parts, publicationUrl, now } = publisher;
  const { part, number } = about;
  const listed = [...revocations.values()].filter(
    (revocation) => part === null || partOf(revocation.serial, parts) === part,
  );
  const distributionPoint =
    part === null || publicationUrl === null
      ? null
      : `${publicationUrl.replace(/\/$/, '')}/${listName(keyLabel, part)}`;
  return issueRevocationList(
    {
      issuer,
      number,
      distributionPoint,
      thisUpdate: about.thisUpdate,
      nextUpdate: about.nextUpdate,
      revoked: listed.map(({ serial, effectiveAt, reason }) => ({ serial, reason, revokedAt: effectiveAt })),
    },
    async (tbsCertList) => {
      const grant = mintListGrant({ number }, { keyLabel, part, tbsCertList }, now());
      return (await publisher.keyHolder.sign(grant)).signature;
    },
  );
}

/** Which part a certificate is in: by the last octet of its serial number. */
function partOf(serial: string, parts: 1 | 16 | 256): number {
  return Number.parseInt(serial.slice(-2), 16) % parts;
}
