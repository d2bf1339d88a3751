/** A folder of keys with one for OpenPGP and one for raw signatures, as a ceremony leaves it. For tests. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateToPem, issueCertificate } from '#core/pki/x509/index.ts';
import { openPgpCertificate, openPgpRevocation } from '#core/pki/openpgp/index.ts';

/** Of their records. */
export const serials = { openpgp: '40000000005a3c0a', raw: '40000000005a3c0b' } as const;
const [notBefore, notAfter] = [new Date('2026-11-01T00:00:00Z'), new Date('2029-10-30T00:00:00Z')];

export interface OwnKeysOfTest {
  readonly openPgpCertificate: string;
  /** A secret of the foundation's. */
  readonly revocation: string;
  readonly rawPem: string;
}

/** Writes `widget.openpgp.asc`, `widget.raw.pub.pem`, their records and what is missing of registry.json into an existing folder. */
export async function writeOwnKeys(
  folder: string,
  { domain = 'keys.example.org', project = 'widget' } = {},
): Promise<OwnKeysOfTest> {
  const pairs = {
    openpgp: generateKeyPairSync('rsa', { modulusLength: 3072 }),
    raw: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  for (const kind of ['openpgp', 'raw'] as const) {
    const der = await issueCertificate(
      {
        kind,
        subject: { organization: 'Example', commonName: `Key for ${kind} (Widget)` },
        publicKey: pairs[kind].publicKey,
        issuer: null,
        serial: Uint8Array.from(Buffer.from(serials[kind], 'hex')),
        notBefore,
        notAfter,
      },
      (tbs, _, hash) => Promise.resolve(sign(hash, tbs, pairs[kind].privateKey)),
    );
    writeFileSync(join(folder, `widget.${kind}.pem`), certificateToPem(der));
  }
  const key = { publicKey: pairs.openpgp.publicKey, created: notBefore };
  const signAbout = (bytes: Uint8Array) =>
    Promise.resolve(new Uint8Array(sign('sha512', bytes, pairs.openpgp.privateKey)));
  const userId = { name: 'Widget', address: `widget@${domain}` };
  const certificate = await openPgpCertificate({ key, userId, expires: notAfter }, signAbout);
  const rawPem = pairs.raw.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  writeFileSync(join(folder, 'widget.openpgp.asc'), certificate);
  writeFileSync(join(folder, 'widget.raw.pub.pem'), rawPem);
  const entry = (purpose: 'openpgp' | 'raw', publicFile: string) => ({
    purpose,
    publicFile,
    project,
    name: purpose,
    serves: 'release',
    certificate: `widget.${purpose}.pem`,
    chain: [],
  });
  const registry = join(folder, 'registry.json');
  const others = existsSync(registry)
    ? (JSON.parse(readFileSync(registry, 'utf8')) as { keys: object[] }).keys
    : [];
  const keys = [...others, entry('openpgp', 'widget.openpgp.asc'), entry('raw', 'widget.raw.pub.pem')];
  writeFileSync(registry, JSON.stringify({ version: 1, keys }));
  return {
    openPgpCertificate: certificate,
    revocation: await openPgpRevocation(key, signAbout),
    rawPem,
  };
}
