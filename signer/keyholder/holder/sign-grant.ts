import { createHash, verify } from 'node:crypto';
import type { SignatureHash } from '#core/formats/format.ts';
import {
  fileOf,
  grantHash,
  type GrantPurpose,
  grantSlot,
  isOfDocument,
  KeyHolderError,
  type KeyRegistryEntry,
  type RegisteredKey,
  signingGrantId,
  type SigningGrantWire,
} from '../protocol/index.ts';
import { checkShape } from './check-shape.ts';
import type { KeyHolderJournal } from './journal.ts';
import { checkDocument, signDocument, signedByAnotherHash, type DocumentPorts } from './sign-document.ts';

export interface SignGrantPorts extends DocumentPorts {
  readonly keys: ReadonlyMap<string, RegisteredKey>;
  readonly journal: KeyHolderJournal;
  readonly rateLimit: { take(now: number): void };
  readonly sign: (keyLabel: string, toBeSigned: Uint8Array, hash: SignatureHash) => Promise<Uint8Array>;
  readonly now: () => Date;
  /** The purposes that this key holder signs for; null: those of its keys. */
  readonly purposes: readonly GrantPurpose[] | null;
}

/** A grant is minted for an immediate signature; a longer-lived one isn't from the daemon. */
const grantHoursMax = 24;

const keyPurposeByGrant: Readonly<Record<GrantPurpose, readonly KeyRegistryEntry['purpose'][]>> = {
  release: ['release'],
  test: ['test'],
  timestamp: ['timestamp'],
  crl: ['issuing', 'root'],
  ocsp: ['ocsp'],
  raw: ['raw'],
  openpgp: ['openpgp'],
};

/**
 * The key holder's only operation. Grants for the same file of the same request are processed one at a time, so that
 * two concurrent ones can't both pass the check for an earlier one.
 */
export function createGrantSigner(
  ports: SignGrantPorts,
): (grant: SigningGrantWire, document?: string | null) => Promise<Uint8Array> {
  const running = new Map<string, Promise<unknown>>();
  return async (grant, document = null) => {
    const slot = grantSlot(grant);
    for (let earlier = running.get(slot); earlier !== undefined; earlier = running.get(slot)) await earlier;
    const signing = signGrant(grant, document, ports);
    running.set(
      slot,
      signing.catch(() => undefined),
    );
    try {
      return await signing;
    } finally {
      running.delete(slot);
    }
  };
}

/**
 * Grant → signature, at most one per grant. Order: check, journal the intent, sign, verify, journal the
 * signature, answer. The same grant again gets the recorded signature and doesn't reach the HSM; nor does another grant for the same octets
 * of the same place, which a policy commit in between makes: ECDSA would give a second signature. An intent
 * without outcome (a crash in between) may be signed again: PKCS#1 v1.5 gives the same bytes.
 */
async function signGrant(
  grant: SigningGrantWire,
  document: string | null,
  ports: SignGrantPorts,
): Promise<Uint8Array> {
  const key = checkGrant(grant, ports);
  const toBeSigned = Buffer.from(grant.toBeSigned, 'base64');
  const recorded = await ports.journal.findSignature(grant.grantId);
  if (recorded !== null) return recorded;

  const slot = grantSlot(grant);
  const toBeSignedSha256 = createHash('sha256').update(toBeSigned).digest('hex');
  if (await ports.journal.isBoundToOther(slot, { toBeSignedSha256, keyLabel: grant.keyLabel }))
    throw conflict(grant);
  const earlier = await ports.journal.findSignatureOf(slot);
  if (earlier === null) {
    ports.rateLimit.take(ports.now().getTime());
  }

  const { grantId, purpose, keyLabel, requestId } = grant;
  const { leafPath, ...file } = fileOf(grant);
  await ports.journal.append(
    {
      kind: 'intent',
      grantId,
      slot,
      purpose,
      keyLabel,
      requestId,
      toBeSignedSha256,
      ...file,
      leafPath: [...leafPath],
    },
    ports.now(),
  );
  try {
    const signature = isOfDocument(grant)
      ? await signDocument(grant, { file: requireDocument(document), key, ports, earlier })
      : await signBytes(grant, { key, ports, earlier });
    const text = Buffer.from(signature).toString('base64');
    await ports.journal.append({ kind: 'signed', grantId, signature: text }, ports.now());
    return signature;
  } catch (error) {
    const code = error instanceof KeyHolderError ? error.code : 'TOKEN_REFUSED';
    if (!code.startsWith('JOURNAL_'))
      await ports.journal.append({ kind: 'failed', grantId, code }, ports.now());
    throw error;
  }
}

function requireDocument(document: string | null): string {
  if (document !== null) return document;
  throw new KeyHolderError('GRANT_INVALID', 'the grant is for a file’s own bytes, and no file was named');
}

async function signBytes(
  grant: SigningGrantWire,
  { key, ports, earlier }: { key: RegisteredKey; ports: SignGrantPorts; earlier: Uint8Array | null },
): Promise<Uint8Array> {
  const { entry, certificate } = key;
  const toBeSigned = Buffer.from(grant.toBeSigned, 'base64');
  const hash = grantHash(grant);
  const signature = earlier ?? (await ports.sign(entry.label, toBeSigned, hash));
  if (verify(hash, toBeSigned, certificate.publicKey, signature)) return signature;
  if (earlier !== null) throw signedByAnotherHash(grant);
  throw new KeyHolderError(
    'SIGNATURE_WRONG',
    `the token's key ${entry.label} doesn't belong to ${entry.certificate}: correct the key registry`,
  );
}

function checkGrant(grant: SigningGrantWire, ports: SignGrantPorts): RegisteredKey {
  if (signingGrantId(grant) !== grant.grantId) {
    throw new KeyHolderError('GRANT_INVALID', `grant id ${grant.grantId} isn't the digest of its content`);
  }
  if (ports.purposes !== null && !ports.purposes.includes(grant.purpose)) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `this key holder signs for ${ports.purposes.join(', ')} only, and the grant is for ${grant.purpose}`,
    );
  }
  checkTimes(grant, ports.now());
  const key = ports.keys.get(grant.keyLabel);
  if (key === undefined) {
    const known = [...ports.keys.keys()].slice(0, 20).join(', ');
    throw new KeyHolderError(
      'KEY_NOT_FOUND',
      `key ${grant.keyLabel} isn't in the registry for this token (known: ${known || 'none'})`,
    );
  }
  checkPurpose(grant, key.entry);
  checkCertificate(key, ports.now());
  checkShape(grant);
  if (isOfDocument(grant)) checkDocument(grant, key);
  return key;
}

function checkTimes(grant: SigningGrantWire, now: Date): void {
  const left = Date.parse(grant.expiresAt) - now.getTime();
  if (left <= 0) {
    throw new KeyHolderError(
      'GRANT_EXPIRED',
      `grant expired at ${grant.expiresAt}: check again and mint a new one`,
    );
  }
  if (left > grantHoursMax * 3_600_000) {
    throw new KeyHolderError(
      'GRANT_INVALID',
      `grant lasts until ${grant.expiresAt}, over ${grantHoursMax} h`,
    );
  }
}

function checkPurpose(grant: SigningGrantWire, entry: KeyRegistryEntry): void {
  if (!keyPurposeByGrant[grant.purpose].includes(entry.purpose)) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `key ${entry.label} is for ${entry.purpose}, the grant for ${grant.purpose}: name the right certificate`,
    );
  }
  const { project } = fileOf(grant);
  if (entry.project !== project) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `key ${entry.label} belongs to project ${entry.project ?? '(none)'}, the grant to ${project ?? '(none)'}`,
    );
  }
  const program = 'program' in grant ? grant.program : undefined;
  if (entry.program !== program) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `key ${entry.label} was issued for program ${entry.program ?? '(none recorded)'}, the grant is for ${program ?? '(none)'}: ` +
        (entry.holder === undefined
          ? 'issue a certificate for the project as it is now (npm run issue)'
          : 'have the project’s authority sign a new request for the project as it is now, and import the answer (npm run ceremony -- import)'),
    );
  }
}

function checkCertificate(key: RegisteredKey, now: Date): void {
  const { notUsedBefore } = key.entry;
  if (notUsedBefore !== undefined && now.getTime() < Date.parse(notUsedBefore)) {
    throw new KeyHolderError(
      'CERTIFICATE_NOT_VALID_NOW',
      `certificate ${key.entry.certificate} is announced, and not used before ${notUsedBefore}: sign with the one before it`,
    );
  }
  const { validFromDate, validToDate } = key.certificate;
  if (now >= validFromDate && now <= validToDate) return;
  throw new KeyHolderError(
    'CERTIFICATE_NOT_VALID_NOW',
    `certificate ${key.entry.certificate} is valid from ${validFromDate.toISOString()} to ` +
      `${validToDate.toISOString()}: issue its successor in a key ceremony`,
  );
}

function conflict(grant: SigningGrantWire): KeyHolderError {
  return new KeyHolderError(
    'GRANT_CONFLICT',
    `request ${grant.requestId}, file ${fileOf(grant).leafPath.join(' > ') || '(the artifact)'}: other bytes or another key ` +
      'were granted before; submit a new request',
  );
}
