import pkcs11 from 'pkcs11js';
import type { TokenSession } from './objects.ts';
import type { Pkcs11Token } from './token.ts';

/** A token as it describes itself, and the private keys on it. */
export interface TokenDescription {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  /** Labels, sorted. */
  readonly privateKeys: readonly string[];
}

/** A ceremony lists at most this many objects of a token. */
const objectsMax = 100_000;

export function describeToken(token: Pkcs11Token): Promise<TokenDescription> {
  return token.use('describing the token', (session) => {
    const { slotID } = session.cryptoki.C_GetSessionInfo(session.handle);
    const info = session.cryptoki.C_GetTokenInfo(slotID);
    const { major, minor } = info.firmwareVersion;
    return Promise.resolve({
      label: info.label.trimEnd(),
      manufacturer: info.manufacturerID.trimEnd(),
      model: info.model.trimEnd(),
      serialNumber: info.serialNumber.trimEnd(),
      firmware: `${major}.${minor}`,
      privateKeys: privateKeyLabels(session),
    });
  });
}

/** The token's capabilities: numbers of mechanisms, and the largest RSA key it signs with, in bits. */
export function readCapabilities(
  token: Pkcs11Token,
): Promise<{ readonly mechanisms: readonly number[]; readonly rsaBitsMax: number }> {
  return token.use('reading the token’s capabilities', (session) => {
    const { slotID } = session.cryptoki.C_GetSessionInfo(session.handle);
    const mechanisms = session.cryptoki.C_GetMechanismList(slotID);
    const rsa = mechanisms.includes(pkcs11.CKM_SHA256_RSA_PKCS)
      ? session.cryptoki.C_GetMechanismInfo(slotID, pkcs11.CKM_SHA256_RSA_PKCS).maxKeySize
      : 0;
    return Promise.resolve({ mechanisms, rsaBitsMax: rsa });
  });
}

function privateKeyLabels(session: TokenSession): readonly string[] {
  const { cryptoki, handle } = session;
  const found: Buffer[] = [];
  cryptoki.C_FindObjectsInit(handle, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY }]);
  try {
    while (found.length < objectsMax) {
      const some = cryptoki.C_FindObjects(handle, 256);
      if (some.length === 0) break;
      found.push(...some);
    }
  } finally {
    cryptoki.C_FindObjectsFinal(handle);
  }
  const labels = found.map((key) => {
    const [label] = cryptoki.C_GetAttributeValue(handle, key, [{ type: pkcs11.CKA_LABEL }]);
    return Buffer.from(label?.value as Uint8Array).toString('utf8');
  });
  return labels.sort();
}
