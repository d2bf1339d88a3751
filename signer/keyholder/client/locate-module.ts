import { access } from 'node:fs/promises';
import { KeyHolderError } from '../protocol/index.ts';

/** Where Debian, Ubuntu (amd64, arm64), Fedora, Homebrew on Apple silicon and Intel install SoftHSM 2. */
const softHsmPlaces = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/**
 * The PKCS#11 module to load: the configured path, or an installed SoftHSM.
 * Throws MODULE_NOT_FOUND with the packages to install.
 */
export async function locatePkcs11Module(configured: string | null): Promise<string> {
  for (const path of configured === null ? softHsmPlaces : [configured]) {
    if (await exists(path)) return path;
  }
  throw new KeyHolderError(
    'MODULE_NOT_FOUND',
    configured === null
      ? 'no SoftHSM found: apt-get install softhsm2 (Debian, Ubuntu), brew install softhsm (macOS)'
      : `PKCS#11 module ${configured} doesn't exist: correct the path of the HSM maker's library`,
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
