/** Signatures of documents by keys that somebody pinned (RFC 9580 §5.2.4, §7). */
import { OpenPgpError, signedText } from '../openpgp/index.ts';
import { armoredBytes, withoutArmor } from './armor.ts';
import type { SigningKey, UpstreamKey } from './certificate.ts';
import { verifying, type Verifying } from './key.ts';
import { readAnyPackets } from './packets.ts';
import { isBy, readSignature, types, type ReadSignature } from './signature.ts';

export const signatureBytesMax = 64 * 1024;
export const clearSignedBytesMax = 16 * 1024 * 1024;
const signaturesMax = 16;
const signatureTag = 2;
const readVersion = 4;
/** For clocks that differ. */
const aheadMilliseconds = 10 * 60_000;

export type DocumentRefusal =
  'invalid' | 'weak' | 'unsupported' | 'revoked' | 'expired' | 'unsuitable' | 'future';

export type JudgedSignature =
  | { readonly ok: true; readonly by: UpstreamKey; readonly key: SigningKey; readonly created: Date }
  /** By a key that nobody pinned; its id as it states it. */
  | { readonly ok: null; readonly issuer: string }
  /** Of a version that isn't read here: no key of version 4 makes any but of 3, which proves nothing. */
  | { readonly ok: null; readonly version: number }
  /** `problem`: the end of a sentence. */
  | { readonly ok: false; readonly why: DocumentRefusal; readonly problem: string };

/** A signature of another version than 4, of which nothing more is known. */
interface OtherVersion {
  readonly version: number;
}

type FoundSignature = ReadSignature | OtherVersion;

/** A file with one or more signatures, in armor or binary. Throws OpenPgpError for anything else in it. */
export function readDetached(bytes: Uint8Array): readonly FoundSignature[] {
  return signaturesIn(withoutArmor('PGP SIGNATURE', bytes));
}

function signaturesIn(bytes: Uint8Array): readonly FoundSignature[] {
  const packets = readAnyPackets(bytes, { bytesMax: signatureBytesMax, packetsMax: signaturesMax });
  if (packets.length === 0) throw new OpenPgpError('MALFORMED', 'no signature');
  return packets.map(({ tag, body }) => {
    if (tag !== signatureTag)
      throw new OpenPgpError(
        'MALFORMED',
        `a packet of type ${tag} among the signatures, which the file isn’t to hold`,
      );
    // Those who sign with a key of version 6 put it beside one of version 4, for programs that know no other.
    const [version = readVersion] = body;
    return version === readVersion ? readSignature(body) : { version };
  });
}

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signatureBegin = '-----BEGIN PGP SIGNATURE-----';

/** Whether a file is a text with signatures around it. `start`: its first bytes. */
export const isClearSigned = (start: Uint8Array): boolean =>
  Buffer.from(start.subarray(0, begin.length)).toString('latin1') === begin;

export interface ClearSigned {
  readonly signatures: readonly FoundSignature[];
  /** The text, with every line ended. */
  readonly text: Buffer;
}

/** A whole file. Throws OpenPgpError for anything before, between or behind text and signatures: readers would see it, and nobody signed it. */
export function readClearSigned(bytes: Uint8Array): ClearSigned {
  if (bytes.length > clearSignedBytesMax)
    throw new OpenPgpError('MALFORMED', `over ${clearSignedBytesMax} bytes of signed text`);
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const bare = (line: string | undefined): string => (line ?? '').replace(/\r$/, '');
  let at = 1;
  while (/^Hash: [A-Z0-9-]+(?:, ?[A-Z0-9-]+)*$/.test(bare(lines[at]))) at += 1;
  if (bare(lines[0]) !== begin || bare(lines[at]) !== '')
    throw new OpenPgpError(
      'MALFORMED',
      'something else than “Hash: …” and an empty line before the signed text',
    );
  const end = lines.findIndex((line, index) => index > at && bare(line) === signatureBegin);
  if (end === -1) throw new OpenPgpError('MALFORMED', 'a signed text without a signature');
  const text = lines.slice(at + 1, end).map((line) => {
    if (!line.startsWith('-')) return line;
    if (!line.startsWith('- '))
      throw new OpenPgpError('MALFORMED', 'a line of the signed text that begins with a dash');
    return line.slice(2);
  });
  const signatures = signaturesIn(armoredBytes('PGP SIGNATURE', lines.slice(end).join('\n')));
  return { signatures, text: Buffer.from(text.map((line) => `${line}\n`).join(''), 'latin1') };
}

export interface DocumentInput {
  readonly signatures: readonly FoundSignature[];
  readonly keys: readonly UpstreamKey[];
  /** `text`: of the framework of clear-signed texts. */
  readonly form: 'binary' | 'text';
  readonly content: AsyncIterable<Uint8Array>;
  readonly now: Date;
}

/** One judgement for each signature. Reads the document once. */
export async function judgeDocument(input: DocumentInput): Promise<readonly JudgedSignature[]> {
  const started = input.signatures.map((signature) => start(signature, input));
  const running = started.flatMap((one) => ('check' in one ? [one.check] : []));
  if (running.length > 0) {
    const content = input.form === 'text' ? signedText(input.content) : input.content;
    for await (const chunk of content) for (const check of running) check.update(chunk);
  }
  return started.map((one) => {
    if (!('check' in one)) return one;
    const { check, by, key, signature } = one;
    check.update(signature.trailer);
    if (check.end()) return { ok: true, by, key, created: signature.created };
    return refused('invalid', 'it isn’t over this file, or was changed');
  });
}

interface Running {
  readonly check: Verifying;
  readonly by: UpstreamKey;
  readonly key: SigningKey;
  readonly signature: ReadSignature;
}

const refused = (why: DocumentRefusal, problem: string): JudgedSignature => ({ ok: false, why, problem });

function start(signature: FoundSignature, { keys, form, now }: DocumentInput): JudgedSignature | Running {
  if ('version' in signature) return { ok: null, version: signature.version };
  const { type, hash, created, expires, algorithm } = signature;
  const found = keys
    .flatMap((by) => by.keys.map((key) => ({ by, key })))
    .find(({ key }) => isBy(signature, key.key.fingerprint));
  if (found === undefined)
    return { ok: null, issuer: signature.issuer?.toString('hex').toUpperCase() ?? 'unknown' };
  const { by, key } = found;
  if (type !== types[form])
    return refused(
      'unsupported',
      `it is of type 0x${type.toString(16).padStart(2, '0')}; ${form === 'text' ? 'of a text: 0x01' : 'of the bytes as they are: 0x00 (gpg --detach-sign, without --textmode)'}`,
    );
  if (hash === null || hash === 'sha1')
    return refused('weak', 'it was made with SHA-1 or another hash that proves nothing');
  if (key.refused !== null) {
    const { why, problem } = key.refused;
    return refused(why, `of the key ${hex(key.key.fingerprint)}, ${problem}`);
  }
  const until = [key.expires, expires === null ? null : new Date(created.getTime() + expires * 1000)].filter(
    (one) => one !== null,
  );
  const ended = until.find((one) => one <= now);
  if (ended !== undefined)
    return refused('expired', `it, or its key, ended on ${ended.toISOString().slice(0, 10)}`);
  if (created.getTime() > now.getTime() + aheadMilliseconds || created < key.key.created)
    return refused(
      'future',
      `it says that it was made on ${created.toISOString()}, which is before its key, or still to come`,
    );
  if (algorithm !== key.key.algorithm) return refused('invalid', 'it is of another algorithm than its key');
  try {
    return { check: verifying(key.key, hash, signature.numbers()), by, key, signature };
  } catch (error) {
    if (!(error instanceof OpenPgpError)) throw error;
    return refused('invalid', error.message);
  }
}

const hex = (fingerprint: Buffer): string => fingerprint.toString('hex').toUpperCase();
