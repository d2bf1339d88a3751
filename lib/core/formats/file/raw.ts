/**
 * `method: raw`: nothing but the signature beside the file, of its bytes as they are. Others check it with
 * `openssl dgst -sha256 -verify KEY.pem -signature FILE.sig FILE`.
 */
import { createHash } from 'node:crypto';
import { streamRange } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readWhole } from './beside.ts';
import type { Method } from './method.ts';

/** RSA-4096 has 512. */
const signatureBytesMax = 1024;

export const raw: Method = {
  async subject(source) {
    const digest = await fileDigest(source);
    return { digest: digest.toString('hex'), content: digest };
  },
  async *embed(_, signature) {
    yield await Promise.resolve(signature);
  },
  async readBack(before, after, signature, sign) {
    const found = await readWhole(after, signatureBytesMax, signature);
    return { signature: found, subject: await raw.subject(before, sign) };
  },

  toBeSigned: ({ content }) => content,
  assemble: ({ signature }) => signature,
  verify: ({ signature }) => ({
    problems: [],
    signature,
    timestampToken: null,
    document: { form: 'binary', appended: new Uint8Array(0) },
  }),
};

/** SHA-256 of the whole file, by which a grant names it, whatever the key hashes it by. */
export async function fileDigest(source: RandomAccessSource): Promise<Buffer> {
  const digest = createHash('sha256');
  for await (const chunk of streamRange(source)) digest.update(chunk);
  return digest.digest();
}
