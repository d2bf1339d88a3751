/** One key on its token: generated where missing, and checked before anything is signed for it. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { isElliptic, keyKindName, keyKindOf } from '#core/pki/key-kind/index.ts';
import { type KeyRegistry, type WrappedKeyFile } from '../../keyholder/index.ts';
import {
  checkApprovedCertificate,
  checkApprovedKey,
  checkApprovedToken,
  generateKeyPair,
  type KeyProtection,
  type Pkcs11Token,
  type SigningObject,
} from '../../keyholder/token/index.ts';
import { CeremonyError, type SigningToken } from '../ceremony-config/index.ts';
import { findKey, makeWrappedKey, readFoundKey } from './find-key.ts';
import { readCertificate } from './key-folder.ts';
import type { PlacedKey } from './place-keys.ts';
import type { TranscriptKey } from './transcript.ts';

export interface KeyState {
  key: 'made' | 'kept';
  certificate: TranscriptKey['certificate'];
  protection: KeyProtection | null;
  publicKey: KeyObject | null;
  /** What the token signs with; null: the token wasn't opened, or nothing is there in a dry run. */
  signsWith: SigningObject | null;
  /** The key's file, for the registry; null: it is an object on the token, or another entry's. */
  wrapped: WrappedKeyFile | null;
  storage: 'token' | 'wrapped';
  der: Uint8Array | null;
  /** Number of lint rules that the certificate passed before it was signed; null: it was signed earlier. */
  lint: number | null;
}

export interface Preparation {
  readonly earlier: KeyRegistry;
  readonly folder: string;
  readonly dryRun: boolean;
  readonly fips: boolean;
  /** How a signing token keeps new keys; null: as objects. */
  readonly signingToken: (label: string) => SigningToken | null;
}

/** Throws KEY_MISSING, KEY_UNPROTECTED or CERTIFICATE_MISMATCH where token and registry disagree. */
export async function prepareKey(
  planned: PlacedKey,
  token: Pkcs11Token,
  { earlier, folder, dryRun, fips, signingToken }: Preparation,
): Promise<KeyState> {
  const { label, keyLabel, keyKind } = planned;
  const der = await earlierCertificate(earlier, folder, planned);
  const certificate = der === null ? (planned.requested ? 'requested' : 'made') : 'kept';
  const how = planned.token === 'signing' ? signingToken(planned.tokenLabel) : null;
  const wraps = how?.storage === 'wrapped' ? how : null;
  const existing = await findKey(keyLabel, token, { earlier, folder, wraps: wraps !== null });
  if (existing === null && (der !== null || keyLabel !== label)) {
    throw new CeremonyError(
      'KEY_MISSING',
      `token ${token.label} has no key ${keyLabel}, though ${der === null ? `${label} is to be a certificate for it` : 'it has a certificate'}: attach the right token, or ` +
        'remove the key from registry.json to make a new one (existing signatures stay as they are)',
    );
  }
  if (existing === null && dryRun) {
    const storage = wraps === null ? 'token' : 'wrapped';
    const none = { protection: null, publicKey: null, signsWith: null, wrapped: null, lint: null };
    return { key: 'made', certificate, ...none, storage, der };
  }
  if (fips && isElliptic(keyKind)) await checkApprovedToken(token, 'ec');
  if (existing === null && wraps === null) await generateKeyPair(token, { label, kind: keyKind });
  const found =
    existing ??
    (wraps === null
      ? { object: label, file: null }
      : await makeWrappedKey(token, { label, kind: keyKind, signingToken: wraps, folder }));
  const { protection, publicKey } = await readFoundKey(token, found.object);
  refuseUnprotected(keyLabel, token, protection);
  if (fips) {
    checkApprovedKey(label, publicKey, protection);
    if (der !== null) checkApprovedCertificate(new X509Certificate(der));
  }
  const kind = keyKindOf(publicKey);
  if (kind !== keyKind) {
    throw new CeremonyError(
      'CERTIFICATE_MISMATCH',
      `key ${keyLabel} on token ${token.label} is ${kind === null ? 'of a kind that isn’t used here' : keyKindName(kind)}, but is configured as ${keyKindName(keyKind)}: ` +
        'write `key` as it is, or name the next `generation` for a new one',
    );
  }
  if (der !== null && !publicKey.equals(new X509Certificate(der).publicKey)) {
    throw new CeremonyError(
      'CERTIFICATE_MISMATCH',
      `key ${keyLabel} on token ${token.label} isn't the key of the certificate ${label}: attach the right token`,
    );
  }
  return {
    key: existing === null ? 'made' : 'kept',
    certificate,
    protection,
    publicKey,
    signsWith: found.object,
    wrapped: keyLabel === label ? found.file : null,
    storage: typeof found.object === 'string' ? 'token' : 'wrapped',
    der,
    lint: null,
  };
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
export async function registeredKey(planned: PlacedKey, { earlier, folder }: Preparation): Promise<KeyState> {
  const { label, token } = planned;
  const der = await earlierCertificate(earlier, folder, planned);
  if (der === null) {
    throw new CeremonyError(
      'KEY_MISSING',
      `${label} is in no registry, and its token ${token} isn't opened: hold the whole ceremony first`,
    );
  }
  const { publicKey } = new X509Certificate(der);
  const wrapped = earlier.keys.find((entry) => entry.label === label)?.wrapped ?? null;
  const storage = wrapped === null ? 'token' : 'wrapped';
  const unopened = {
    key: 'kept',
    certificate: 'kept',
    protection: null,
    signsWith: null,
    lint: null,
  } as const;
  return { ...unopened, publicKey, der, wrapped, storage };
}

async function earlierCertificate(
  earlier: KeyRegistry,
  folder: string,
  { label, program }: PlacedKey,
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
