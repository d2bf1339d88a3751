/** What this CA has issued, as the registry of keys has it. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CertificateSerial } from '#core/ids/index.ts';
import { certificateFromPem, serialOf } from '#core/pki/x509/index.ts';
import { issuanceSize, readLoggedSerials } from '../issuance/index.ts';
import { certifiedKeys, type CertifiedKeys } from '../../rulings/revocations/index.ts';
import { parseKeyRegistry, type KeyRegistryEntry } from '../../keyholder/index.ts';
import type { Responder } from './answers.ts';
import { AuthorityError } from './error.ts';
import type { IssuedOpenPgpKey } from './openpgp.ts';

export interface Issued {
  /** The registry's text, for detecting changes. */
  readonly registry: string;
  /** DER certificate of the issuing CA. */
  readonly issuer: Uint8Array;
  /** DER certificate of the root above it. */
  readonly root: Uint8Array | null;
  readonly serials: ReadonlySet<CertificateSerial>;
  /** Of the certificates that the registry has. */
  readonly certified: CertifiedKeys;
  /** Projects' own certificates, issued by another CA: that one revokes them, and this one makes no statement about them. */
  readonly others: ReadonlySet<string>;
  /** Keys of projects' own that others know by OpenPGP. */
  readonly openPgpKeys: readonly IssuedOpenPgpKey[];
  /** Serial numbers that may or may not have been signed: neither good nor unknown. */
  readonly reserved: ReadonlySet<CertificateSerial>;
  /** Size of the issuance log, for detecting changes. */
  readonly logged: number;
  /** Keys of status answers, the newest first. */
  readonly responders: readonly (Responder & { readonly from: Date })[];
}

/** Throws CONFIG_INVALID where the registry has no issuing key with this label, KeyHolderError where it isn't a registry. */
export async function readIssued(registryFile: string, keyLabel: string): Promise<Issued> {
  const text = await readFile(registryFile, 'utf8');
  const { keys } = parseKeyRegistry(text, registryFile);
  const read = async (file: string): Promise<Uint8Array> =>
    certificateFromPem(await readFile(join(dirname(registryFile), file), 'utf8'));
  const ca = keys.find((key) => key.label === keyLabel);
  if (ca?.purpose !== 'issuing') throw noIssuer(ca, { registryFile, keyLabel });
  const folder = dirname(registryFile);
  const logged = await issuanceSize(folder);
  // Certificates that a crash kept out of the registry count as issued.
  const { issued, open } = await readLoggedSerials(folder, keyLabel);
  const serials = new Set(issued);
  const responders: Issued['responders'][number][] = [];
  for (const entry of keys.filter((key) => key.chain[0] === ca.certificate)) {
    const der = await read(entry.certificate);
    const certificate = new X509Certificate(der);
    serials.add(serialOf(certificate));
    const { validFromDate: from, validToDate: to } = certificate;
    if (entry.purpose === 'ocsp') responders.push({ keyLabel: entry.label, certificate: der, from, to });
  }
  const certified = [];
  for (const entry of keys.filter(({ project }) => project !== null))
    certified.push({ entry, certificate: new X509Certificate(await read(entry.certificate)) });
  const others = new Set<string>();
  for (const entry of keys.filter((key) => key.holder !== undefined && key.chain[0] !== ca.certificate)) {
    const serial = serialOf(new X509Certificate(await read(entry.certificate)));
    if (!serials.has(serial)) others.add(serial);
  }
  const openPgpKeys: IssuedOpenPgpKey[] = [];
  for (const { purpose, label, certificate: file, publicFile } of keys) {
    if (purpose !== 'openpgp' || publicFile === undefined) continue;
    const record = new X509Certificate(await read(file));
    const certificate = await readFile(join(folder, publicFile), 'utf8');
    openPgpKeys.push({ label, serial: serialOf(record), record, certificate });
  }
  const [root] = ca.chain.slice(-1);
  return {
    reserved: new Set(open.filter((serial) => !serials.has(serial))),
    registry: text,
    logged,
    serials,
    certified: certifiedKeys(certified),
    others,
    openPgpKeys,
    issuer: await read(ca.certificate),
    root: root === undefined ? null : await read(root),
    responders: responders.sort((a, b) => b.from.getTime() - a.from.getTime()),
  };
}

/** The responder to answer with at a time: the newest one that is valid. Throws RESPONDER_MISSING. */
export function responderAt({ responders }: Issued, now: Date): Responder {
  const found = responders.find((responder) => responder.from <= now && now < responder.to);
  if (found !== undefined) return found;
  throw new AuthorityError(
    'RESPONDER_MISSING',
    'the registry has no OCSP responder that is valid now: npm run issue makes one',
  );
}

function noIssuer(
  found: KeyRegistryEntry | undefined,
  { registryFile, keyLabel }: { readonly registryFile: string; readonly keyLabel: string },
): AuthorityError {
  return new AuthorityError(
    'CONFIG_INVALID',
    found === undefined
      ? `${registryFile} lists no key ${keyLabel}: correct keyLabel, or run the key ceremony`
      : `key ${keyLabel} is for ${found.purpose}, not for issuing: correct keyLabel`,
  );
}
