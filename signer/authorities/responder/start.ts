import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificate } from '#core/pki/x509/index.ts';
import { readRevocationList, RevocationError } from '#core/pki/crl/index.ts';
import type { ResponderConfig } from './config.ts';
import { createAnswerFinder } from './find-answer.ts';
import { serveStatus } from './serve.ts';

export interface RunningResponder {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a publication: no key, no database, nothing but files and the authority's socket. */
export async function startResponder(
  config: ResponderConfig,
  onFailure: (error: unknown) => void,
  now: () => Date = () => new Date(),
): Promise<RunningResponder> {
  const { publication, keyLabel, authoritySocket, cacheSeconds } = config;
  let issuer: Uint8Array | null = null;
  const readIssuer = async (): Promise<Uint8Array | null> => {
    // The CA's certificate never changes: another one would have another name.
    issuer ??= await readFile(join(publication, `${keyLabel}.cer`)).then(
      (bytes) => parseCertificate(new Uint8Array(bytes)).der,
      nullIfMissing,
    );
    return issuer;
  };
  const find = createAnswerFinder({
    issuer: readIssuer,
    now,
    folder: join(publication, 'ocsp'),
    authoritySocket: authoritySocket ?? null,
  });
  return serveStatus(config.listen, {
    find,
    publication,
    cacheSeconds,
    onFailure,
    now,
    async health() {
      const ca = await readIssuer();
      const list = await readFile(join(publication, `${keyLabel}.crl`)).catch(nullIfMissing);
      if (ca === null || list === null) return { ok: false, detail: `${publication} contains no list yet` };
      return listHealth(new Uint8Array(list), ca, now());
    },
  });
}

function listHealth(list: Uint8Array, issuer: Uint8Array, now: Date): { ok: boolean; detail: string } {
  try {
    const { number, nextUpdate } = readRevocationList(list, issuer);
    const detail = `list ${number} is valid until ${nextUpdate.toISOString()}`;
    return { ok: now < nextUpdate, detail };
  } catch (error) {
    if (error instanceof RevocationError) return { ok: false, detail: error.message };
    throw error;
  }
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
