/** A certificate of a public CA for a key that was made here: believed only after everything about it was checked. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { keyKindOf, keyKinds, type KeyKind } from '#core/pki/key-kind/index.ts';
import {
  certificatesFromPem,
  parseCertificate,
  profiles,
  serialOf,
  verifyCertificatePath,
  X509Error,
} from '#core/pki/x509/index.ts';
import { type KeyRegistry } from '../../keyholder/index.ts';
import { checkApprovedCertificate, type KeyProtection } from '../../keyholder/token/index.ts';
import { type CeremonyConfig, CeremonyError, tokensOf, type TokenRole } from '../ceremony-config/index.ts';
import {
  certificateFileName,
  readCertificate,
  readRegistry,
  replaceFile,
  writeKeyFolder,
} from './key-folder.ts';
import { findKey, readFoundKey } from './find-key.ts';
import { prepareLogKey } from './log-key.ts';
import { refuseUnprotected } from './prepare-key.ts';
import { visitTokens } from './token-visits.ts';
import { transcriptFileName, transcriptText } from './transcript-note.ts';
import { describeCertificate, type CeremonyTranscript, type TranscriptKey } from './transcript.ts';

const pemCharactersMax = 256 * 1024;
const certificatesMax = 16;

export interface ImportInput {
  readonly config: CeremonyConfig;
  /** PEM: the certificate and its chain to a root of `publicAuthority`, in any order. */
  readonly pem: string;
  readonly now?: Date;
}

/**
 * → the transcript of the import, signed by the log and written beside the others. Throws CERTIFICATE_REFUSED with
 * the reason, CERTIFICATE_MISMATCH where no key here waits for it, NOT_APPROVED under `fips`. Importing the same
 * certificate again changes only the transcript.
 */
export async function importCertificate({
  config,
  pem,
  now = new Date(),
}: ImportInput): Promise<CeremonyTranscript> {
  if (config.publicAuthority === undefined && config.projectAuthority === undefined) {
    throw new CeremonyError(
      'CONFIG_INVALID',
      'only with a publicAuthority or a projectAuthority are certificates imported',
    );
  }
  const read = await readImport(pem);
  const earlier = await readRegistry(config.keysDirectory);
  const held: { key?: FoundKey; transcript?: CeremonyTranscript } = {};
  const known = [...(earlier.waiting ?? []), ...earlier.keys.filter((key) => key.chain.length > 0)];
  const isKnown = (label: string): boolean => known.some(({ token }) => token === label);
  const roles = requestable.filter(
    (role) => config.tokens[role] !== undefined && tokensOf(config, role).some(({ label }) => isKnown(label)),
  );
  await visitTokens(
    config,
    [...roles, 'log'],
    async (role, token, module) => {
      if (role !== 'log') {
        for (const entry of known.filter((key) => key.token === token.label)) {
          const label = entry.key ?? entry.label;
          const found = await findKey(label, token, { earlier, folder: config.keysDirectory, wraps: false });
          if (found === null) continue;
          const { publicKey, protection } = await readFoundKey(token, found.object);
          if (!publicKey.equals(read.leaf.publicKey)) continue;
          refuseUnprotected(label, token, protection);
          const storage = found.file === null ? 'token' : 'wrapped';
          // Of several certificates for one key, it is the one that it is already, or the one that is waited for.
          if (held.key === undefined || (await isThis(entry, read, config)))
            held.key = { entry, protection, storage };
        }
        return;
      }
      const { entry, protection, storage } = keyOf(held.key, earlier);
      const chain = await checkImport(read, { entry, config, earlier, now });
      const log = await prepareLogKey(token, { config, earlier, dryRun: false });
      const { label, token: tokenLabel, project, name, purpose } = entry;
      const described: TranscriptKey = {
        label,
        keyLabel: entry.key ?? label,
        notUsedBefore: entry.notUsedBefore ?? null,
        storage,
        purpose,
        token: tokenLabel,
        project,
        name,
        program: entry.program ?? null,
        keyKind: read.keyKind,
        key: 'kept',
        certificate: 'imported',
        protection,
        published: null,
        rulesKept: null,
        issued: describeCertificate(certificateFileName(label), read.der),
      };
      const transcript: CeremonyTranscript = {
        version: 1,
        at: now.toISOString(),
        dryRun: false,
        module,
        foundation: config.foundation.name,
        fips: config.fips,
        tokens: [],
        logKey: log.described,
        witnesses: config.witnesses,
        keys: [described],
        rootList: null,
      };
      held.transcript = transcript;
      const note = await log.sign(transcriptText(transcript));
      await replaceFile(config.keysDirectory, transcriptFileName(transcript), note);
      await writeImport({ config, earlier, entry, der: read.der, chain });
    },
    // Importing makes nothing on a token and needs no permission to.
    { readWrite: false, needs: (role, label) => role === 'log' || isKnown(label) },
  );
  if (held.transcript !== undefined) return held.transcript;
  throw new CeremonyError('KEY_MISSING', 'the token of the log wasn’t visited');
}

/** The certificate is registered for this entry. */
async function isThis(
  entry: WaitingKey | KeyRegistry['keys'][number],
  { der }: ReadImport,
  config: CeremonyConfig,
): Promise<boolean> {
  if (!('certificate' in entry)) return false;
  return Buffer.compare(await readCertificate(config.keysDirectory, entry.certificate), der) === 0;
}

type WaitingKey = NonNullable<KeyRegistry['waiting']>[number];

/** Roles of the tokens whose keys a public CA may issue certificates for. */
const requestable: readonly TokenRole[] = ['signing', 'timestamping'];

interface FoundKey {
  readonly entry: WaitingKey;
  readonly protection: KeyProtection;
  readonly storage: 'token' | 'wrapped';
}

function keyOf(found: FoundKey | undefined, { waiting = [] }: KeyRegistry): FoundKey {
  if (found !== undefined) return found;
  const labels = waiting.map(({ label }) => label).join(', ');
  throw new CeremonyError(
    'CERTIFICATE_MISMATCH',
    `the certificate's key is none of those that wait for one here (${labels || 'none'}): send the CA the request again`,
  );
}

interface ReadImport {
  readonly der: Uint8Array;
  readonly leaf: X509Certificate;
  readonly keyKind: KeyKind;
  readonly others: readonly Uint8Array[];
}

async function readImport(pem: string): Promise<ReadImport> {
  if (pem.length > pemCharactersMax) throw refused(`${pem.length} characters of PEM; 256 Ki is the limit`);
  try {
    const all = certificatesFromPem(pem, certificatesMax);
    const leaves = all.filter((der) => !parseCertificate(der).node.ca);
    const [der] = leaves;
    if (der === undefined || leaves.length !== 1) {
      throw refused(`${leaves.length} certificates that are no CA's; exactly one, and its chain`);
    }
    const leaf = new X509Certificate(der);
    const keyKind = keyKindOf(leaf.publicKey);
    if (keyKind === null)
      throw refused(`its key is of another kind than are made here: ${keyKinds.join(', ')}`);
    return { der, leaf, keyKind, others: all.filter((other) => other !== der) };
  } catch (error) {
    if (error instanceof X509Error) throw refused(error.message, error);
    throw error;
  }
}

/**
 * The roots that certificates of this kind must chain to: the foundation's authority doesn't count for projects, nor
 * theirs for it.
 */
async function rootsFor({ holder }: WaitingKey, config: CeremonyConfig): Promise<readonly Uint8Array[]> {
  const [name, authority] =
    holder === undefined
      ? (['publicAuthority', config.publicAuthority] as const)
      : (['projectAuthority', config.projectAuthority] as const);
  if (authority !== undefined) return (await Promise.all(authority.roots.map(readRoots))).flat();
  throw new CeremonyError('CONFIG_INVALID', `${name} isn’t set: no root is known that it could chain to`);
}

async function readRoots(file: string): Promise<readonly Uint8Array[]> {
  try {
    return certificatesFromPem(await readFile(file, 'utf8'), certificatesMax);
  } catch (cause) {
    throw new CeremonyError('CONFIG_INVALID', `roots: ${file} holds no PEM certificates`, {
      cause,
    });
  }
}

interface CheckContext {
  readonly entry: WaitingKey;
  readonly config: CeremonyConfig;
  readonly earlier: KeyRegistry;
  readonly now: Date;
}

/** → the path above the certificate, issuer first. */
async function checkImport(read: ReadImport, context: CheckContext): Promise<readonly Uint8Array[]> {
  const { entry, config, now } = context;
  const { node, extensions } = parseCertificate(read.der);
  const days = (node.validToDate.getTime() - node.validFromDate.getTime()) / 86_400_000;
  const { daysMax, rule } = profiles[entry.purpose];
  if (days > daysMax) throw refused(`it is valid for ${days.toFixed(0)} days: ${rule}`);
  const organisations = extensions.subjectName.getField('O');
  const named = entry.holder?.organization ?? config.foundation.name;
  if (organisations.length !== 1 || organisations[0] !== named) {
    throw refused(
      `its subject is ${node.subject.replaceAll('\n', ', ')}, and the organisation must be ${named}`,
    );
  }
  const path = verifyPath(read, { entry, roots: await rootsFor(entry, config), at: now });
  if (config.fips) for (const der of path.slice(0, -1)) checkApprovedCertificate(new X509Certificate(der));
  await refuseTaken(read, context);
  return path.slice(1);
}

function verifyPath(
  read: ReadImport,
  {
    entry,
    roots,
    at,
  }: { readonly entry: WaitingKey; readonly roots: readonly Uint8Array[]; readonly at: Date },
): readonly Uint8Array[] {
  try {
    return verifyCertificatePath({
      certificate: read.der,
      intermediates: read.others,
      trustedRoots: roots,
      at,
      usage: entry.purpose === 'timestamp' ? 'timeStamping' : 'codeSigning',
    });
  } catch (error) {
    if (error instanceof X509Error) throw refused(error.message, error);
    throw error;
  }
}

/** One certificate per key, and one key per serial number, which identifies revocations. */
async function refuseTaken(
  { der, leaf }: ReadImport,
  { entry: own, config, earlier }: CheckContext,
): Promise<void> {
  for (const entry of earlier.keys) {
    const known = await readCertificate(config.keysDirectory, entry.certificate);
    const isSame = Buffer.compare(known, der) === 0;
    if (entry.label === own.label && !isSame) {
      throw refused(
        `${own.label} has another certificate already (${entry.certificate}): let a ceremony make the next generation`,
      );
    }
    if (!isSame && serialOf(new X509Certificate(known)) === serialOf(leaf)) {
      throw refused(
        `its serial number ${serialOf(leaf)} is that of ${entry.label}: revocations couldn't tell them apart; ask the CA for another`,
      );
    }
  }
}

async function writeImport(input: {
  readonly config: CeremonyConfig;
  readonly earlier: KeyRegistry;
  readonly entry: WaitingKey;
  readonly der: Uint8Array;
  readonly chain: readonly Uint8Array[];
}): Promise<void> {
  const { config, earlier, entry, der, chain } = input;
  const { label, token, purpose, project, name, key, notUsedBefore, wrapped, wrappedBefore } = entry;
  const named = chain.map((certificate) => [`authority-${digest(certificate)}.pem`, certificate] as const);
  const registered = {
    label,
    ...(key === undefined ? {} : { key }),
    ...(notUsedBefore === undefined ? {} : { notUsedBefore }),
    ...(wrapped === undefined ? {} : { wrapped }),
    ...(wrappedBefore === undefined ? {} : { wrappedBefore }),
    token,
    purpose,
    project,
    name,
    ...(entry.program === undefined ? {} : { program: entry.program }),
    ...(entry.holder === undefined ? {} : { holder: entry.holder }),
    certificate: certificateFileName(label),
    chain: named.map(([file]) => file),
  };
  const others = earlier.keys.filter((old) => old.label !== label);
  const files = new Map([...named, [registered.certificate, der] as const]);
  await writeKeyFolder(config.keysDirectory, files, {
    ...earlier,
    keys: [...others, registered],
    waiting: (earlier.waiting ?? []).filter((request) => request.label !== label),
  });
}

function digest(der: Uint8Array): string {
  return describeCertificate('', der).sha256.slice(0, 16);
}

function refused(why: string, cause?: unknown): CeremonyError {
  return new CeremonyError('CERTIFICATE_REFUSED', `the certificate isn't imported: ${why}`, { cause });
}
