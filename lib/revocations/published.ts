import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../platform/portal/index.ts';

const types = { crl: 'application/pkix-crl', cer: 'application/pkix-cert' } as const;

/** A file of the revocation authority's publication (RFC 2585), or null. The bytes are as the authority signed them. */
export async function openPublished(call: {
  readonly ctx: Pick<Context, 'config'>;
  readonly input: { readonly file: string };
}): Promise<{ readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> } | null> {
  const { publicationDir } = call.ctx.config;
  const ending = /^[a-z0-9][a-z0-9-]{0,63}\.(crl|cer)$/.exec(call.input.file)?.[1];
  if (publicationDir === undefined || (ending !== 'crl' && ending !== 'cer')) return null;
  try {
    return {
      type: types[ending],
      bytes: new Uint8Array(await readFile(join(publicationDir, call.input.file))),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
