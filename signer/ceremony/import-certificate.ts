/** A certificate of a public CA for a key that was made here: believed only after everything about it was checked. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  certificatesFromPem,
  parseCertificate,
  profiles,
  serialOf,
  verifyCertificatePath,
  X509Error,
} from '../../lib/core/x509/index.ts';
import {
  checkApprovedCertificate,
  readKeyProtection,
  readPublicKey,
  type KeyProtection,
  type KeyRegistry,
} from '../keyholder/index.ts';
import type { CeremonyConfig, TokenRole } from './config.ts';
import { tokenOf } from './config.ts';
import { CeremonyError } from './error.ts';
import {
  certificateFileName,
  readCertificate,
  readRegistry,
  replaceFile,
  writeKeyFolder,
} from './key-folder.ts';
import { prepareLogKey } from './log-key.ts';
import { planKeys, type PlannedKey } from './plan-keys.ts';
import { refuseUnprotected } from './prepare-key.ts';
import { visitTokens } from './token-visits.ts';
import { transcriptFileName, transcriptText } from './transcript-note.ts';
import { describeCertificate, type CeremonyTranscript, type TranscriptKey } from './transcript.ts';

const pemCharactersMax = 256 * 1024;
const certificatesMax = 16;

export interface ImportInput {
  readonly config: CeremonyConfig;
  /** PEM: the certificate, and what leads from it to a root of `publicAuthority`, in any order. */
  readonly pem: string;
  readonly now?: Date;
}

/**
 * → the transcript of the import, signed by the log and written beside the others. Throws CERTIFICATE_REFUSED with what is
 * wrong, CERTIFICATE_MISMATCH where no key here waits for it, NOT_APPROVED under `fips`. The same certificate again changes
 * nothing but the transcript.
 */
export async function importCertificate({
  config,
  pem,
  now = new Date(),
}: ImportInput): Promise<CeremonyTranscript> {
  const authority = config.publicAuthority;
  if (authority === undefined) {
    throw new CeremonyError('CONFIG_INVALID', 'only with a publicAuthority are certificates imported');
  }
  const read = await readImport(pem, authority.roots);
  const earlier = await readRegistry(config.keysDirectory);
  const held: { key?: FoundKey; transcript?: CeremonyTranscript } = {};
  const waiting = planKeys(config, now).filter((one) => one.requested);
  const roles = [...new Set<TokenRole>([...waiting.map(({ token }) => token), 'log'])];
  await visitTokens(
    config,
    roles,
    async (role, token, module) => {
      if (role !== 'log') {
        const here = waiting.filter((one) => one.token === role);
        for (const planned of here) {
          const publicKey = await readPublicKey(token, planned.label).catch(() => null);
          if (publicKey?.equals(read.leaf.publicKey) !== true) continue;
          const protection = await readKeyProtection(token, planned.label);
          refuseUnprotected(planned.label, token, protection);
          held.key = { planned, protection };
        }
        return;
      }
      const { planned, protection } = keyOf(held.key, waiting);
      const chain = await checkImport(read, { planned, config, earlier, now });
      const log = await prepareLogKey(token, { config, earlier, dryRun: false });
      const { label, project, name, kind, modulusBits } = planned;
      const described: TranscriptKey = {
        ...{ label, purpose: kind, token: tokenOf(config, planned.token).label, project, name, modulusBits },
        ...{ key: 'kept', certificate: 'imported', protection, rulesKept: null },
        issued: describeCertificate(certificateFileName(label), read.der),
      };
      const transcript: CeremonyTranscript = {
        ...{ version: 1, at: now.toISOString(), dryRun: false, module, foundation: config.foundation.name },
        ...{ fips: config.fips, tokens: [], logKey: log.described, witnesses: config.witnesses },
        ...{ keys: [described], rootList: null },
      };
      held.transcript = transcript;
      const note = await log.sign(transcriptText(transcript));
      await writeImport({ config, earlier, planned, der: read.der, chain });
      await replaceFile(config.keysDirectory, transcriptFileName(transcript), note);
    },
    // Nothing is made on a token, and whoever imports needs no right to.
    { readWrite: false },
  );
  if (held.transcript !== undefined) return held.transcript;
  throw new CeremonyError('KEY_MISSING', 'the token of the log wasn’t visited');
}

interface FoundKey {
  readonly planned: PlannedKey;
  readonly protection: KeyProtection;
}

function keyOf(found: FoundKey | undefined, waiting: readonly PlannedKey[]): FoundKey {
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
  readonly others: readonly Uint8Array[];
  readonly roots: readonly Uint8Array[];
}

async function readImport(pem: string, rootFiles: readonly string[]): Promise<ReadImport> {
  if (pem.length > pemCharactersMax) throw refused(`${pem.length} characters of PEM; 256 Ki is the limit`);
  const roots = (await Promise.all(rootFiles.map(readRoots))).flat();
  try {
    const all = certificatesFromPem(pem, certificatesMax);
    const leaves = all.filter((der) => !parseCertificate(der).node.ca);
    const [der] = leaves;
    if (der === undefined || leaves.length !== 1) {
      throw refused(`${leaves.length} certificates that are no CA's; exactly one, and its chain`);
    }
    return { der, leaf: new X509Certificate(der), others: all.filter((one) => one !== der), roots };
  } catch (error) {
    if (error instanceof X509Error) throw refused(error.message, error);
    throw error;
  }
}

async function readRoots(file: string): Promise<readonly Uint8Array[]> {
  try {
    return certificatesFromPem(await readFile(file, 'utf8'), certificatesMax);
  } catch (cause) {
    throw new CeremonyError('CONFIG_INVALID', `publicAuthority.roots: ${file} holds no PEM certificates`, {
      cause,
    });
  }
}

interface CheckContext {
  readonly planned: PlannedKey;
  readonly config: CeremonyConfig;
  readonly earlier: KeyRegistry;
  readonly now: Date;
}

/** → the path above the certificate, issuer first. */
async function checkImport(read: ReadImport, context: CheckContext): Promise<readonly Uint8Array[]> {
  const { planned, config, now } = context;
  const { node, extensions } = parseCertificate(read.der);
  const days = (node.validToDate.getTime() - node.validFromDate.getTime()) / 86_400_000;
  const { daysMax, rule } = profiles[planned.kind];
  if (days > daysMax) throw refused(`it is valid for ${days.toFixed(0)} days: ${rule}`);
  const organisations = extensions.subjectName.getField('O');
  if (!organisations.includes(config.foundation.name)) {
    throw refused(
      `its subject is ${node.subject.replaceAll('\n', ', ')}, and the organisation must be ${config.foundation.name}`,
    );
  }
  const path = verifyPath(read, planned, now);
  if (config.fips) for (const der of path.slice(0, -1)) checkApprovedCertificate(new X509Certificate(der));
  await refuseTaken(read, context);
  return path.slice(1);
}

function verifyPath(read: ReadImport, { kind }: PlannedKey, at: Date): readonly Uint8Array[] {
  try {
    return verifyCertificatePath({
      ...{ certificate: read.der, intermediates: read.others, trustedRoots: read.roots, at },
      usage: kind === 'timestamp' ? 'timeStamping' : 'codeSigning',
    });
  } catch (error) {
    if (error instanceof X509Error) throw refused(error.message, error);
    throw error;
  }
}

/** One certificate a key, and one key a serial number: revocations are known by it. */
async function refuseTaken(
  { der, leaf }: ReadImport,
  { planned, config, earlier }: CheckContext,
): Promise<void> {
  for (const entry of earlier.keys) {
    const known = await readCertificate(config.keysDirectory, entry.certificate);
    const isSame = Buffer.compare(known, der) === 0;
    if (entry.label === planned.label && !isSame) {
      throw refused(
        `${planned.label} has another certificate already (${entry.certificate}): let a ceremony make the next generation`,
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
  readonly planned: PlannedKey;
  readonly der: Uint8Array;
  readonly chain: readonly Uint8Array[];
}): Promise<void> {
  const { config, earlier, planned, der, chain } = input;
  const { label, kind, project, name } = planned;
  const named = chain.map((one) => [`authority-${digest(one)}.pem`, one] as const);
  const entry = {
    ...{ label, token: tokenOf(config, planned.token).label, purpose: kind, project, name },
    ...{ certificate: certificateFileName(label), chain: named.map(([file]) => file) },
  };
  const others = earlier.keys.filter((old) => old.label !== label);
  const files = new Map([...named, [entry.certificate, der] as const]);
  await writeKeyFolder(config.keysDirectory, files, { ...earlier, keys: [...others, entry] });
}

function digest(der: Uint8Array): string {
  return describeCertificate('', der).sha256.slice(0, 16);
}

function refused(why: string, cause?: unknown): CeremonyError {
  return new CeremonyError('CERTIFICATE_REFUSED', `the certificate isn't imported: ${why}`, { cause });
}
