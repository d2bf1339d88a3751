/** The foundation's public certificates: read from the folder the key ceremony wrote, never a private key. */
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { parseCertificateSerial, type CertificateSerial } from '../core/ids/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';

const certificatePurposes = ['root', 'issuing', 'release', 'test', 'timestamp', 'ocsp'] as const;

export interface PublishedCertificate {
  readonly file: string;
  readonly purpose: (typeof certificatePurposes)[number];
  readonly project: string | null;
  /** The certificate's name in signing policies, or null. */
  readonly name: string | null;
  readonly subject: string;
  readonly serial: string;
  readonly sha256: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** The file a verifier trusts to accept this one: the last of its chain, or itself. */
  readonly anchorFile: string;
  /** From when on it is revoked; null: it isn't. */
  readonly revokedAt: Date | null;
}

const pemFile = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.pem$/);
const registrySchema = z.object({
  version: z.literal(1),
  keys: z
    .array(
      z.object({
        purpose: z.enum(certificatePurposes),
        project: z.string().nullable(),
        name: z.string().nullable(),
        certificate: pemFile,
        chain: z.array(pemFile).max(8),
      }),
    )
    .max(100_000),
});

const certificateBytesMax = 64 * 1024;

/** Certificates by purpose, then project. Empty before the key ceremony. Public. */
export async function listCertificates(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies'>;
  readonly input?: { readonly project: string };
}): Promise<readonly PublishedCertificate[]> {
  const all = await readCertificates(call.ctx.config.keysDir);
  const wanted = all.filter(
    ({ project }) => call.input === undefined || project === null || project === call.input.project,
  );
  const revocations = (await acceptedPolicy(call.ctx))?.snapshot.revocations;
  return wanted.map((one) => {
    const revocation = revocations?.get(one.serial);
    return { ...one, revokedAt: revocation === undefined ? null : new Date(revocation.value.effectiveAt) };
  });
}

type ReadCertificate = Omit<PublishedCertificate, 'revokedAt'> & { readonly serial: CertificateSerial };

/** Thousands of files aren't read for every visitor: the registry is written last, so what it says is there. */
const read = new Map<string, { readonly stamp: string; readonly certificates: readonly ReadCertificate[] }>();
const foldersMax = 8;

async function readCertificates(keysDir: string): Promise<readonly ReadCertificate[]> {
  const { stamp, registry } = await readRegistry(keysDir);
  const known = read.get(keysDir);
  if (known?.stamp === stamp) return known.certificates;
  const certificates = await Promise.all(
    registry.keys.map(async (key): Promise<ReadCertificate> => {
      const certificate = new X509Certificate(await readPem(keysDir, key.certificate));
      const serial = parseCertificateSerial(certificate.serialNumber.toLowerCase());
      return {
        file: key.certificate,
        purpose: key.purpose,
        project: key.project,
        name: key.name,
        subject: certificate.subject.split('\n').reverse().join(', '),
        serial,
        sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        validFrom: new Date(certificate.validFrom),
        validTo: new Date(certificate.validTo),
        anchorFile: key.chain.at(-1) ?? key.certificate,
      };
    }),
  );
  if (read.size >= foldersMax) read.clear();
  read.set(keysDir, { stamp, certificates });
  return certificates;
}

/** One certificate as PEM, or null for a name the registry doesn't list. Public. */
export async function openCertificate(call: {
  readonly ctx: Pick<Context, 'config'>;
  readonly input: { readonly file: string };
}): Promise<string | null> {
  const { keysDir } = call.ctx.config;
  const { registry } = await readRegistry(keysDir);
  // Only names from the registry: the path is never the visitor's.
  const file = registry.keys
    .flatMap((one) => [one.certificate, ...one.chain])
    .find((one) => one === call.input.file);
  return file === undefined ? null : readPem(keysDir, file);
}

async function readRegistry(
  keysDir: string,
): Promise<{ readonly stamp: string; readonly registry: z.infer<typeof registrySchema> }> {
  try {
    const file = join(keysDir, 'registry.json');
    // The time before the text: what is written in between is read again the next time.
    const { mtimeMs } = await stat(file);
    const text = await readFile(file, 'utf8');
    return { stamp: `${mtimeMs} ${text}`, registry: registrySchema.parse(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { stamp: '', registry: { version: 1, keys: [] } };
    throw error;
  }
}

async function readPem(keysDir: string, file: string): Promise<string> {
  const text = await readFile(join(keysDir, basename(file)), 'utf8');
  // Exactly certificates leave this folder, whatever else an operator put into the file.
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  if (text.length > certificateBytesMax || blocks === null) throw new Error(`${file} holds no certificate`);
  return `${blocks.join('\n')}\n`;
}
