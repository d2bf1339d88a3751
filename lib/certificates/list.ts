/** The foundation's public certificates: read from the folder the key ceremony wrote, never a private key. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { parseCertificateSerial, type CertificateSerial } from '#core/ids/index.ts';
import { effectiveRevocation, type KnownRevocation, type Publisher } from './standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { publicFileName, readOwnKey, type OwnKey } from './own-key.ts';
import { knownRevocations, type KnownRevocations } from './revoked.ts';

const certificatePurposes = [
  'root',
  'issuing',
  'release',
  'test',
  'timestamp',
  'ocsp',
  // Records of projects' own keys.
  'raw',
  'openpgp',
] as const;

export interface PublishedCertificate {
  readonly file: string;
  readonly purpose: (typeof certificatePurposes)[number];
  readonly project: string | null;
  /** The certificate's name in signing policies, or null. */
  readonly name: string | null;
  readonly subject: string;
  readonly issuer: string;
  readonly publisher: Publisher;
  readonly serial: string;
  readonly sha256: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** A successor is announced, and signs from then on; null: it has signed since it was valid. */
  readonly usedFrom: Date | null;
  /** Serial numbers of other certificates of the same key, in the order of the registry. */
  readonly sharesKeyWith: readonly string[];
  /** The file a verifier trusts to accept this one: the last of its chain, or itself. */
  readonly anchorFile: string;
  /** What makes its signatures bad: a revocation of its own, or of a certificate of the same, compromised key; null: nothing. */
  readonly revocation: KnownRevocation | null;
  /** Whether a revocation names this very certificate. */
  readonly hasNotice: boolean;
  /** What it is the record of; null: it is a certificate like others. */
  readonly own: OwnKey | null;
}

/** It is announced, and another signs until its day. */
export const isAnnounced = ({ usedFrom, revocation }: PublishedCertificate, now: Date): boolean =>
  usedFrom !== null && usedFrom > now && revocation === null;

/** Of a key of a project's own: nobody is asked to trust it. */
export const isRecord = ({ purpose }: Pick<PublishedCertificate, 'purpose'>): boolean =>
  purpose === 'raw' || purpose === 'openpgp';

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
        holder: z.object({ organization: z.string() }).optional(),
        serves: z.enum(['release', 'test']).optional(),
        publicFile: publicFileName.optional(),
        notUsedBefore: z.iso.datetime().optional(),
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
  const { all } = await indexCertificates(call.ctx);
  const { input } = call;
  return input === undefined
    ? all
    : all.filter(({ project }) => project === null || project === input.project);
}

export interface CertificateIndex {
  readonly all: readonly PublishedCertificate[];
  /** By serial number in lower-case hexadecimal digits. */
  readonly bySerial: ReadonlyMap<string, PublishedCertificate>;
  readonly byProject: ReadonlyMap<string, readonly PublishedCertificate[]>;
  /** What is revoked, also of certificates that the registry doesn't list any more. */
  readonly revocations: KnownRevocations;
}

const indexed = new WeakMap<readonly ReadCertificate[], CertificateIndex>();

type Source = Pick<Context, 'config' | 'db' | 'policies'>;

interface PendingIndex {
  readonly keysDir: string;
  readonly policies: Source['policies'];
  readonly index: Promise<CertificateIndex>;
}
const pendingIndexes = new WeakMap<Source['db'], PendingIndex>();

/**
 * The same object as long as neither certificates nor revocations change. The parts of a page ask at the same time: calls made
 * while the index is being read share its result.
 */
export function indexCertificates(ctx: Source): Promise<CertificateIndex> {
  const { db, policies, config } = ctx;
  const pending = pendingIndexes.get(db);
  if (pending?.policies === policies && pending.keysDir === config.keysDir) return pending.index;
  const index = readIndex(ctx).finally(() => {
    if (pendingIndexes.get(db) === own) pendingIndexes.delete(db);
  });
  const own: PendingIndex = { keysDir: config.keysDir, policies, index };
  pendingIndexes.set(db, own);
  return index;
}

async function readIndex(ctx: Source): Promise<CertificateIndex> {
  const certificates = await readCertificates(ctx.config.keysDir);
  const revocations = await knownRevocations(ctx);
  const kept = indexed.get(certificates);
  if (kept?.revocations === revocations) return kept;
  const compromised = Map.groupBy(
    certificates.flatMap(({ serial, keySha256 }) => {
      const found = revocations.get(serial);
      return found?.reason === 'keyCompromise' ? [{ keySha256, found }] : [];
    }),
    ({ keySha256 }) => keySha256,
  );
  const byKey = Map.groupBy(certificates, ({ keySha256 }) => keySha256);
  const all = certificates.map(({ keySha256, ...certificate }): PublishedCertificate => {
    const own = revocations.get(certificate.serial) ?? null;
    const ofSameKey = compromised.get(keySha256)?.map(({ found }) => found) ?? [];
    const sharesKeyWith = (byKey.get(keySha256) ?? []).flatMap(({ serial }) =>
      serial === certificate.serial ? [] : [serial],
    );
    const revocation = effectiveRevocation(own, ofSameKey);
    return { ...certificate, sharesKeyWith, revocation, hasNotice: own !== null };
  });
  const index: CertificateIndex = {
    all,
    revocations,
    bySerial: new Map(all.map((certificate) => [certificate.serial, certificate])),
    byProject: Map.groupBy(
      all.filter((certificate) => certificate.project !== null),
      (certificate) => certificate.project ?? '',
    ),
  };
  indexed.set(certificates, index);
  return index;
}

type ReadCertificate = Omit<PublishedCertificate, 'revocation' | 'hasNotice' | 'sharesKeyWith'> & {
  readonly serial: CertificateSerial;
  /** Of the public key, as SubjectPublicKeyInfo. */
  readonly keySha256: string;
};

/** Thousands of files aren't read for every visitor. The registry is written last, so every file it lists exists. */
const read = new Map<string, { readonly stamp: string; readonly certificates: readonly ReadCertificate[] }>();
const foldersMax = 8;
/** The limit of open files is often 1024, and the process has others open. */
const filesAtOnce = 64;

async function readCertificates(keysDir: string): Promise<readonly ReadCertificate[]> {
  const { stamp, registry } = await readRegistry(keysDir);
  const known = read.get(keysDir);
  if (known?.stamp === stamp) return known.certificates;
  const certificates: ReadCertificate[] = [];
  for (let at = 0; at < registry.keys.length; at += filesAtOnce) {
    const some = registry.keys.slice(at, at + filesAtOnce).map((key) => readCertificate(keysDir, key));
    certificates.push(...(await Promise.all(some)));
  }
  if (read.size >= foldersMax) read.clear();
  read.set(keysDir, { stamp, certificates });
  return certificates;
}

const oneLine = (name: string): string => name.split('\n').reverse().join(', ');

type RegisteredKey = z.infer<typeof registrySchema>['keys'][number];

async function readCertificate(keysDir: string, key: RegisteredKey): Promise<ReadCertificate> {
  const certificate = new X509Certificate(await readPem(keysDir, key.certificate));
  const serial = parseCertificateSerial(certificate.serialNumber.toLowerCase());
  return {
    file: key.certificate,
    purpose: key.purpose,
    project: key.project,
    name: key.name,
    publisher: key.holder === undefined ? 'foundation' : 'project',
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial,
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    keySha256: createHash('sha256')
      .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    own: await readOwnKey(keysDir, key, certificate),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    usedFrom: key.notUsedBefore === undefined ? null : new Date(key.notUsedBefore),
    anchorFile: key.chain.at(-1) ?? key.certificate,
  };
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
    .flatMap((key) => [key.certificate, ...key.chain])
    .find((name) => name === call.input.file);
  return file === undefined ? null : readPem(keysDir, file);
}

interface Registry {
  readonly stamp: string;
  readonly registry: z.infer<typeof registrySchema>;
}
const registries = new Map<string, Registry>();

async function readRegistry(keysDir: string): Promise<Registry> {
  try {
    const file = join(keysDir, 'registry.json');
    // Taken before the text is read: a change in between is then seen the next time. A replaced file has another inode.
    const { mtimeNs, ino, size } = await stat(file, { bigint: true });
    const stamp = `${mtimeNs} ${ino} ${size}`;
    const known = registries.get(keysDir);
    if (known?.stamp === stamp) return known;
    const registry = registrySchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (registries.size >= foldersMax) registries.clear();
    registries.set(keysDir, { stamp, registry });
    return { stamp, registry };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return none;
    throw error;
  }
}

const none: Registry = { stamp: '', registry: { version: 1, keys: [] } };

async function readPem(keysDir: string, file: string): Promise<string> {
  const text = await readFile(join(keysDir, basename(file)), 'utf8');
  // Exactly certificates leave this folder, whatever else an operator put into the file.
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  if (text.length > certificateBytesMax || blocks === null) throw new Error(`${file} holds no certificate`);
  return `${blocks.join('\n')}\n`;
}
