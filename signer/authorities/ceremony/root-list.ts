/** The root's revocation list: made while its token is present, and valid until the next ceremony. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateSerial } from '#core/ids/index.ts';
import {
  issueRevocationList,
  readRevocationList,
  type ReadRevocationList,
  type RevocationReason,
  type SignRevocationList,
} from '#core/pki/crl/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import type { KeyRegistry } from '../../keyholder/index.ts';
import { type CeremonyConfig, CeremonyError } from '../ceremony-config/index.ts';
import { readCertificate } from './key-folder.ts';
import type { TranscriptRootList } from './transcript.ts';

export interface MadeRootList {
  readonly der: Uint8Array;
  readonly described: TranscriptRootList;
}

interface RootListInput {
  readonly folder: string;
  /** DER. */
  readonly root: Uint8Array;
  readonly thisUpdate: Date;
  readonly revoked: readonly {
    readonly serial: CertificateSerial;
    readonly reason: RevocationReason;
    readonly effectiveAt: string;
  }[];
}

const fileName = 'foundation-root.crl';
/** Code Signing BR §4.9.7: a root's list at least every twelve months. */
const days = 364;

/**
 * → the successor of the list in the folder. A list there that isn't the root's is an error. Throws CONFIG_INVALID
 * where the new one would drop an entry: what was revoked stays revoked.
 */
export async function makeRootList(
  { folder, root, thisUpdate, revoked }: RootListInput,
  sign: SignRevocationList,
): Promise<MadeRootList> {
  const before = await listBefore(join(folder, fileName), root);
  const number = (before?.number ?? 0) + 1;
  const named = new Set<string>(revoked.map((revocation) => revocation.serial));
  const lost = [...(before?.revoked.keys() ?? [])].filter((serial) => !named.has(serial));
  if (lost.length > 0) {
    throw new CeremonyError(
      'CONFIG_INVALID',
      `revoked: the root's last list (${join(folder, fileName)}) names ${lost.join(', ')}, but the configuration doesn't; put them back: no entry is ever removed from a list`,
    );
  }
  const nextUpdate = new Date(thisUpdate.getTime() + days * 86_400_000);
  const der = await issueRevocationList(
    {
      issuer: root,
      number,
      thisUpdate,
      nextUpdate,
      distributionPoint: null,
      lists: 'authorities',
      revoked: revoked.map((revocation) => ({
        serial: revocation.serial,
        reason: revocation.reason,
        revokedAt: new Date(revocation.effectiveAt),
      })),
    },
    sign,
  );
  const serials = revoked.map((revocation) => revocation.serial);
  return {
    der,
    described: { file: fileName, number, nextUpdate: nextUpdate.toISOString(), revoked: serials },
  };
}

/** Revocations of the configuration → with serial numbers. Throws CONFIG_INVALID for what isn't under the root. */
export function revokedUnderRoot(
  revoked: CeremonyConfig['revoked'],
  { keys }: KeyRegistry,
  { folder, root }: { readonly folder: string; readonly root: string },
): Promise<RootListInput['revoked']> {
  return Promise.all(
    revoked.map(async (revocation) => {
      const entry = keys.find(({ label }) => label === revocation.label);
      if (entry?.chain[0] !== root) {
        throw new CeremonyError(
          'CONFIG_INVALID',
          `revoked: ${revocation.label} isn't a certificate under the root; name one of registry.json`,
        );
      }
      return {
        ...revocation,
        serial: serialOf(new X509Certificate(await readCertificate(folder, entry.certificate))),
      };
    }),
  );
}

export async function writeRootList(folder: string, { der }: MadeRootList): Promise<void> {
  await replaceFile(join(folder, fileName), der, 0o644);
}

async function listBefore(file: string, root: Uint8Array): Promise<ReadRevocationList | null> {
  try {
    return readRevocationList(new Uint8Array(await readFile(file)), root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
