/** One key on its token: generated where missing, and checked before anything is signed for it. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { isElliptic, keyKindName, keyKindOf } from '#core/pki/key-kind/index.ts';
import { type KeyRegistry } from '../../keyholder/index.ts';
import {
  checkApprovedCertificate,
  checkApprovedKey,
  checkApprovedToken,
  generateKeyPair,
  keyExists,
  readKeyProtection,
  readPublicKey,
  type KeyProtection,
  type Pkcs11Token,
} from '../../keyholder/token/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';
import { readCertificate } from './key-folder.ts';
import type { PlannedKey } from './plan-keys.ts';
import type { TranscriptKey } from './transcript.ts';

export interface KeyState {
  key: 'made' | 'kept';
  certificate: TranscriptKey['certificate'];
  protection: KeyProtection | null;
  publicKey: KeyObject | null;
  der: Uint8Array | null;
  /** Number of lint rules that the certificate passed before it was signed; null: it was signed earlier. */
  lint: number | null;
}

export interface Preparation {
  readonly earlier: KeyRegistry;
  readonly folder: string;
  readonly dryRun: boolean;
  readonly fips: boolean;
}

/** Throws KEY_MISSING, KEY_UNPROTECTED or CERTIFICATE_MISMATCH where token and registry disagree. */
export async function prepareKey(
  planned: PlannedKey,
  token: Pkcs11Token,
  { earlier, folder, dryRun, fips }: Preparation,
): Promise<KeyState> {
  const { label, keyKind } = planned;
  const der = await earlierCertificate(earlier, folder, planned);
  const certificate = der === null ? (planned.requested ? 'requested' : 'made') : 'kept';
  const exists = await keyExists(token, label);
  if (!exists && der !== null) {
    throw new CeremonyError(
      'KEY_MISSING',
      `token ${token.label} has no key ${label}, though it has a certificate: attach the right token, or ` +
        'remove the key from registry.json to make a new one (existing signatures stay as they are)',
    );
  }
  if (!exists && dryRun) {
    return { key: 'made', certificate, protection: null, publicKey: null, der, lint: null };
  }
  if (fips && isElliptic(keyKind)) await checkApprovedToken(token, 'ec');
  if (!exists) await generateKeyPair(token, { label, kind: keyKind });
  const protection = await readKeyProtection(token, label);
  refuseUnprotected(label, token, protection);
  const publicKey = await readPublicKey(token, label);
  if (fips) {
    checkApprovedKey(label, publicKey, protection);
    if (der !== null) checkApprovedCertificate(new X509Certificate(der));
  }
  const found = keyKindOf(publicKey);
  if (found !== keyKind) {
    throw new CeremonyError(
      'CERTIFICATE_MISMATCH',
      `key ${label} on token ${token.label} is ${found === null ? 'of a kind that isn’t used here' : keyKindName(found)}, but is configured as ${keyKindName(keyKind)}: ` +
        'write `key` as it is, or name the next `generation` for a new one',
    );
  }
  if (der !== null && !publicKey.equals(new X509Certificate(der).publicKey)) {
    throw new CeremonyError(
      'CERTIFICATE_MISMATCH',
      `key ${label} on token ${token.label} isn't the key of its certificate: attach the right token`,
    );
  }
  return { key: exists ? 'kept' : 'made', certificate, protection, publicKey, der, lint: null };
}

export function refuseUnprotected(label: string, token: Pkcs11Token, protection: KeyProtection): void {
  if (protection.protected) return;
  throw new CeremonyError(
    'KEY_UNPROTECTED',
    `key ${label} on token ${token.label} can leave it or came from outside (${JSON.stringify(protection)}): ` +
      'remove it and run the ceremony again',
  );
}

/** A key whose token isn't opened: only its certificate is needed. Throws KEY_MISSING where there is none. */
export async function registeredKey(
  planned: PlannedKey,
  { earlier, folder }: Preparation,
): Promise<KeyState> {
  const { label, token } = planned;
  const der = await earlierCertificate(earlier, folder, planned);
  if (der === null) {
    throw new CeremonyError(
      'KEY_MISSING',
      `${label} is in no registry, and its token ${token} isn't opened: hold the whole ceremony first`,
    );
  }
  const { publicKey } = new X509Certificate(der);
  return { key: 'kept', certificate: 'kept', protection: null, publicKey, der, lint: null };
}

async function earlierCertificate(
  earlier: KeyRegistry,
  folder: string,
  { label, program }: PlannedKey,
): Promise<Uint8Array | null> {
  const isSame = (entry: { readonly label: string }): boolean => entry.label === label;
  const key = earlier.keys.find(isSame);
  const registered = key ?? earlier.waiting?.find(isSame);
  // The program of a certificate never changes after issue, since the review behind it doesn't. A registry from before
  // programs were recorded says nothing: whoever holds the ceremony does, and the transcript keeps it.
  if (registered?.program !== undefined && registered.program !== program) {
    throw new CeremonyError(
      'CERTIFICATE_MISMATCH',
      `${label} was issued for program ${registered.program}, but is configured for ${program ?? '(none)'}: ` +
        'name its next `generation`, or let npm run issue do so',
    );
  }
  return key === undefined ? null : readCertificate(folder, key.certificate);
}
