/** A folder of certificates as the key ceremony leaves it. For tests. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';

export interface CertificateOfTest {
  /** Lower-case hexadecimal digits, whole octets. */
  readonly serial: string;
  readonly project: string;
  readonly name: string;
  readonly purpose: 'release' | 'test';
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Certificates that say the same have one key; one that says nothing has its own. */
  readonly key?: string;
  /** Left out: it signs as soon as it is valid. */
  readonly usedFrom?: Date;
  /** Left out: the foundation's. */
  readonly publisher?: 'project';
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Writes certificates and registry.json into an existing folder. */
export async function writeRegistry(
  folder: string,
  certificates: readonly CertificateOfTest[],
): Promise<void> {
  const pairs = new Map<string, CryptoKeyPair>();
  for (const certificateOfTest of certificates) {
    const name = certificateOfTest.key ?? certificateOfTest.serial;
    const keys = pairs.get(name) ?? (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']));
    pairs.set(name, keys);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: certificateOfTest.serial,
      name: `CN=${certificateOfTest.project} ${certificateOfTest.name}`,
      keys,
      notBefore: certificateOfTest.validFrom,
      notAfter: certificateOfTest.validTo,
      signingAlgorithm: algorithm,
    });
    writeFileSync(join(folder, `${certificateOfTest.serial}.pem`), `${certificate.toString('pem')}\n`);
  }
  const keys = certificates.map(({ serial, purpose, project, name, publisher, usedFrom }) => ({
    purpose,
    project,
    name,
    certificate: `${serial}.pem`,
    chain: [],
    ...(usedFrom === undefined ? {} : { notUsedBefore: usedFrom.toISOString() }),
    ...(publisher === undefined ? {} : { holder: { organization: 'Widget e.V.' } }),
  }));
  writeFileSync(join(folder, 'registry.json'), JSON.stringify({ version: 1, keys }));
}
