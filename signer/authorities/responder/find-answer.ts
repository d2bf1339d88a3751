/**
 * A status request → the prepared answer. This process has no key: it can only withhold answers, or replay ones that
 * are still valid.
 */
import { readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { CertificateSerial } from '#core/ids/index.ts';
import {
  isSameIssuer,
  issuerDigests,
  OcspError,
  readStatusAnswer,
  readStatusRequest,
  statusAnswerBytesMax,
  statusErrorAnswer,
  type IssuerDigests,
  type StatusErrorName,
} from '#core/pki/ocsp/index.ts';
import { X509Error } from '#core/pki/x509/index.ts';

export interface StatusAnswer {
  readonly bytes: Uint8Array;
  /** null: an error, which must not be cached. */
  readonly validity: { readonly from: Date; readonly until: Date } | null;
}

export interface AnswerSources {
  /** Folder of the files <serial>.ors. */
  readonly folder: string;
  /** DER certificate of the issuing CA; null while there is none yet. */
  readonly issuer: () => Promise<Uint8Array | null>;
  readonly authoritySocket: string | null;
  readonly now: () => Date;
}

/** Answers in memory, some 2 kB each. */
const rememberedMax = 10_000;
const askMilliseconds = 3000;

interface Remembered {
  /** Size and time of the file; when they change, it is read again. */
  readonly file: string;
  readonly answer: StatusAnswer;
}

/**
 * DER request → DER answer: `malformedRequest` for anything else, `unauthorized` for several certificates at once and
 * for other issuers (RFC 5019 §2.2.3), `tryLater` where no valid answer is ready. Never rejects because of the
 * request's contents.
 */
export function createAnswerFinder(sources: AnswerSources): (request: Uint8Array) => Promise<StatusAnswer> {
  const remembered = new Map<string, Remembered>();

  const isOurs = (issuer: Uint8Array, asked: IssuerDigests): boolean =>
    issuerDigests(issuer).some((digest) => isSameIssuer(digest, asked));

  const fromFile = async (serial: CertificateSerial, issuer: Uint8Array): Promise<StatusAnswer | null> => {
    const file = join(sources.folder, `${serial}.ors`);
    const found = await stat(file).catch(nullIfMissing);
    if (found === null || found.size > statusAnswerBytesMax) return null;
    const state = `${found.size} ${found.mtimeMs} ${found.ino}`;
    const known = remembered.get(serial);
    if (known?.file === state) return known.answer;
    const bytes = await readFile(file).catch(nullIfMissing);
    const answer = bytes === null ? null : readAnswer(new Uint8Array(bytes), issuer, serial);
    if (answer === null) return null;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(serial, { file: state, answer });
    return answer;
  };

  return async (bytes) => {
    let requests;
    try {
      requests = readStatusRequest(bytes);
    } catch (cause) {
      if (cause instanceof OcspError) return failed('malformedRequest');
      throw cause;
    }
    const [asked, ...others] = requests;
    const issuer = await sources.issuer();
    if (issuer === null) return failed('tryLater');
    if (asked?.issuer === undefined || asked.issuer === null || others.length > 0)
      return failed('unauthorized');
    if (!isOurs(issuer, asked.issuer)) return failed('unauthorized');
    const now = sources.now();
    const found =
      (await fromFile(asked.serial, issuer)) ??
      (await fromAuthority(sources.authoritySocket, asked.serial, issuer));
    const validity = found?.validity ?? null;
    return found !== null && validity !== null && now < validity.until ? found : failed('tryLater');
  };
}

const failed = (name: StatusErrorName): StatusAnswer => ({ bytes: statusErrorAnswer(name), validity: null });

/** null: not an answer of this issuer, or one for another certificate; no file is served unchecked. */
function readAnswer(bytes: Uint8Array, issuer: Uint8Array, serial: CertificateSerial): StatusAnswer | null {
  try {
    const read = readStatusAnswer(bytes, issuer);
    if (read.serial !== serial) return null;
    return { bytes, validity: { from: read.thisUpdate, until: read.nextUpdate } };
  } catch (error) {
    if (error instanceof OcspError || error instanceof X509Error) return null;
    throw error;
  }
}

/** null: the authority doesn't answer, or the certificate exists and its file isn't written yet. */
async function fromAuthority(
  socketPath: string | null,
  serial: CertificateSerial,
  issuer: Uint8Array,
): Promise<StatusAnswer | null> {
  if (socketPath === null) return null;
  const bytes = await new Promise<Uint8Array | null>((resolve) => {
    const asked = httpRequest({ socketPath, path: `/${serial}`, timeout: askMilliseconds }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > statusAnswerBytesMax) asked.destroy();
        else chunks.push(chunk);
      });
      response.once('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks) : null));
      response.once('error', () => resolve(null));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(null));
    asked.once('close', () => resolve(null));
    asked.end();
  });
  return bytes === null ? null : readAnswer(Uint8Array.from(bytes), issuer, serial);
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
