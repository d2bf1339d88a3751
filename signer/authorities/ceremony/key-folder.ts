import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFromPem, certificateToPem } from '#core/pki/x509/index.ts';
import { replaceFile as replaceDurably } from '../../ground/durable-file/index.ts';
import { parseKeyRegistry, type KeyRegistry } from '../../keyholder/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';

/** The world-readable folder: certificates and registry.json, no secret. */
export const registryFileName = 'registry.json';
export const certificateFileName = (label: string): string => `${label}.pem`;
export const requestFileName = (label: string): string => `${label}.csr`;

/** The registry of an earlier ceremony, empty where there was none. */
export async function readRegistry(folder: string): Promise<KeyRegistry> {
  const file = join(folder, registryFileName);
  const text = await readIfThere(file);
  return text === null ? { version: 1, keys: [] } : parseKeyRegistry(text, file);
}

export async function readCertificate(folder: string, fileName: string): Promise<Uint8Array> {
  const file = join(folder, fileName);
  const pem = await readIfThere(file);
  if (pem !== null) return certificateFromPem(pem);
  throw new CeremonyError(
    'CERTIFICATE_MISMATCH',
    `${file} is named in ${registryFileName} but missing: restore it from a backup`,
  );
}

/** Certificates first, the registry that names them last, so that a crash in between leaves the old registry valid. */
export async function writeKeyFolder(
  folder: string,
  certificates: ReadonlyMap<string, Uint8Array>,
  registry: KeyRegistry,
): Promise<void> {
  const text = `${JSON.stringify(registry, null, 2)}\n`;
  // Whoever reads it would refuse it, the signer among them: then the one before stays.
  parseKeyRegistry(text, join(folder, registryFileName));
  for (const [fileName, der] of certificates) await replaceFile(folder, fileName, certificateToPem(der));
  await replaceFile(folder, registryFileName, text);
}

export async function replaceFile(folder: string, fileName: string, text: string): Promise<void> {
  try {
    await replaceDurably(join(folder, fileName), text, 0o644);
  } catch (cause) {
    throw new CeremonyError('FILE_UNWRITABLE', `${join(folder, fileName)} can't be written`, { cause });
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
