/** The public side of the keys that sign files: certificates and chains, from the registry the ceremony wrote. */
import { CodedError } from '#core/error/index.ts';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseKeyRegistry, type KeyRegistryEntry } from '../../keyholder/index.ts';

export interface SigningKey {
  readonly entry: KeyRegistryEntry;
  readonly certificate: X509Certificate;
  /** Issuing certificate first, root last; empty for a self-signed certificate. */
  readonly chain: readonly X509Certificate[];
}

const signsFiles: ReadonlySet<KeyRegistryEntry['purpose']> = new Set(['release', 'test', 'raw', 'openpgp']);

/** registry file → its keys that sign files, in the registry's order. */
async function loadSigningKeys(registryFile: string): Promise<readonly SigningKey[]> {
  const registry = parseKeyRegistry(await readFile(registryFile, 'utf8'), registryFile);
  const directory = path.dirname(registryFile);
  const read = async (file: string) => new X509Certificate(await readFile(path.join(directory, file)));
  const signing = registry.keys.filter((entry) => signsFiles.has(entry.purpose));
  return Promise.all(
    signing.map(async (entry) => ({
      entry,
      certificate: await read(entry.certificate),
      chain: await Promise.all(entry.chain.map(read)),
    })),
  );
}

/** The registry's current keys: a ceremony may add some while the signer runs. */
export interface KeyRing {
  /** The same list until the registry changes. */
  current(): readonly SigningKey[];
  /**
   * Reads the registry again where its bytes changed → whether they did, and the keys are others now. If it can't be read, or what has to know
   * them doesn't, the keys stay as they were, and the next look tries again.
   */
  refresh(): Promise<boolean>;
}

/** `before`: what has to have happened before anything is judged by other keys. */
export async function openKeyRing(
  registryFile: string,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<KeyRing> {
  let text = await readFile(registryFile, 'utf8');
  let keys = await loadSigningKeys(registryFile);
  const look = async (): Promise<boolean> => {
    const now = await readFile(registryFile, 'utf8');
    if (now === text) return false;
    const others = await loadSigningKeys(registryFile);
    await before();
    keys = others;
    text = now;
    return true;
  };
  // One look after another: of several at once, each would find the same change, and start the key holder again for it.
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => keys,
    refresh() {
      const mine = last.then(look);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** PEM files (each may hold several certificates) → DER certificates. */
export async function loadCertificates(files: readonly string[]): Promise<readonly Uint8Array[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.flatMap((file, index) => {
    const blocks = texts[index]?.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
    if (blocks === undefined || blocks === null) throw new CertificateFileError(file);
    return blocks.map((pem) => new Uint8Array(new X509Certificate(pem).raw));
  });
}

class CertificateFileError extends CodedError<'CERTIFICATE_FILE_INVALID'> {
  static override readonly errorName = 'CertificateFileError';
  constructor(file: string) {
    super('CERTIFICATE_FILE_INVALID', `${file} holds no PEM certificate`);
  }
}
