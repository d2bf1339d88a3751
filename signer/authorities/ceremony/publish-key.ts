/** What people fetch of a project's own key: the public key as PEM, or its OpenPGP certificate. */
import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { fingerprintOf, openPgpCertificate, openPgpRevocation } from '#core/pki/openpgp/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';
import type { PlannedKey } from './plan-keys.ts';
import { writePrivateFile } from './private-file.ts';
import type { TranscriptPublished } from './transcript.ts';

export interface PublishedKey {
  readonly text: string;
  /** A secret: whoever has it can revoke the key. null: of a key that OpenPGP doesn't know. */
  readonly revocation: string | null;
  readonly described: TranscriptPublished;
}

export const publicFileName = ({ label, kind }: Pick<PlannedKey, 'label' | 'kind'>): string =>
  kind === 'openpgp' ? `${label}.asc` : `${label}.pub.pem`;

/** `record`: DER of the key's own certificate. OpenPGP takes its time for that of the key, and with it is the fingerprint. */
export async function publishKey(
  planned: PlannedKey,
  record: Uint8Array,
  signWith: (bytes: Uint8Array, hash: 'sha512') => Promise<Uint8Array>,
): Promise<PublishedKey> {
  const { publicKey, validFromDate, validToDate } = new X509Certificate(record);
  const file = publicFileName(planned);
  const userId = planned.own?.userId ?? null;
  if (userId === null) {
    const text = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    return { text, revocation: null, described: { file, sha256: digestOf(text), fingerprint: null } };
  }
  const key = { publicKey, created: validFromDate };
  const sign = (bytes: Uint8Array): Promise<Uint8Array> => signWith(bytes, 'sha512');
  const text = await openPgpCertificate({ key, userId, expires: validToDate }, sign);
  const fingerprint = fingerprintOf(key).toString('hex');
  return {
    text,
    revocation: await openPgpRevocation(key, sign),
    described: { file, sha256: digestOf(text), fingerprint },
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Public files go beside the certificates, revocations where only their owner reads them. */
export async function writePublishedKeys(
  published: ReadonlyMap<string, PublishedKey>,
  { folder, revocations }: { readonly folder: string; readonly revocations: string | null },
): Promise<void> {
  for (const [label, { text, revocation, described }] of published) {
    if (revocation !== null) await writeRevocation(revocations, label, revocation);
    await replaceFile(join(folder, described.file), text, 0o644);
  }
}

async function writeRevocation(folder: string | null, label: string, text: string): Promise<void> {
  if (folder === null)
    throw new CeremonyError('CONFIG_INVALID', 'openPgp: a folder for revocations is missing');
  try {
    await writePrivateFile(join(folder, `${label}.revocation.asc`), text);
  } catch (cause) {
    throw new CeremonyError('FILE_UNWRITABLE', `${folder} can't be written`, { cause });
  }
}
