/** A status request → the answer that lies ready for it. This process has no key: it can withhold, and replay what still holds. */
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

export interface FoundAnswer {
  readonly bytes: Uint8Array;
  /** null: an error, which holds for nobody and is not to be kept. */
  readonly holds: { readonly from: Date; readonly until: Date } | null;
}

export interface AnswerPlaces {
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
  /** Size and time of the file: another one is read. */
  readonly file: string;
  readonly answer: FoundAnswer;
}

/**
 * DER request → DER answer: `malformedRequest` for what is none, `unauthorized` for several certificates at once and for other
 * issuers (RFC 5019 §2.2.3), `tryLater` where no answer that holds lies ready. Never rejects for what the request holds.
 */
export function createAnswerFinder(places: AnswerPlaces): (request: Uint8Array) => Promise<FoundAnswer> {
  const remembered = new Map<string, Remembered>();

  const isOurs = (issuer: Uint8Array, asked: IssuerDigests): boolean =>
    issuerDigests(issuer).some((one) => isSameIssuer(one, asked));

  const fromFile = async (serial: CertificateSerial, issuer: Uint8Array): Promise<FoundAnswer | null> => {
    const file = join(places.folder, `${serial}.ors`);
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
    const issuer = await places.issuer();
    if (issuer === null) return failed('tryLater');
    if (asked?.issuer === undefined || asked.issuer === null || others.length > 0)
      return failed('unauthorized');
    if (!isOurs(issuer, asked.issuer)) return failed('unauthorized');
    const now = places.now();
    const found =
      (await fromFile(asked.serial, issuer)) ??
      (await fromAuthority(places.authoritySocket, asked.serial, issuer));
    const holds = found?.holds ?? null;
    return found !== null && holds !== null && now < holds.until ? found : failed('tryLater');
  };
}

const failed = (name: StatusErrorName): FoundAnswer => ({ bytes: statusErrorAnswer(name), holds: null });

/** null: no answer of ours, or one for another certificate; what lies about is never passed on unread. */
function readAnswer(bytes: Uint8Array, issuer: Uint8Array, serial: CertificateSerial): FoundAnswer | null {
  try {
    const read = readStatusAnswer(bytes, issuer);
    if (read.serial !== serial) return null;
    return { bytes, holds: { from: read.thisUpdate, until: read.nextUpdate } };
  } catch (error) {
    if (error instanceof OcspError || error instanceof X509Error) return null;
    throw error;
  }
}

/** null: the authority doesn't answer, or says that there is such a certificate and its file comes yet. */
async function fromAuthority(
  socketPath: string | null,
  serial: CertificateSerial,
  issuer: Uint8Array,
): Promise<FoundAnswer | null> {
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
