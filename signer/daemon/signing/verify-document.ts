/** A signature over a file's own bytes is verified over the file as it lies there, before anything is released. */
import { createHash, createVerify, type X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { SignatureHash, Verification } from '#core/formats/format.ts';
import { signedText } from '#core/pki/openpgp/index.ts';
import type { FileVersion } from '../file-version/index.ts';

/** `file`: the signed one, of which the signature lies beside. Empty: it verifies. */
export async function documentProblems(
  file: Pick<FileVersion, 'file' | 'sha256'> | null,
  { document, signature }: Pick<Verification, 'document' | 'signature'>,
  { hash, certificate }: { readonly hash: SignatureHash; readonly certificate: X509Certificate },
): Promise<readonly string[]> {
  if (file === null || document === undefined) return ['nothing says over what it was made'];
  const handle = await openPlain(file.file);
  if (handle === null) return ['the file isn’t a plain file any more'];
  const verifier = createVerify(hash);
  const whole = createHash('sha256');
  try {
    const chunks = chunksOf(handle, whole);
    for await (const chunk of document.form === 'text' ? signedText(chunks) : chunks) verifier.update(chunk);
  } finally {
    await handle.close();
  }
  verifier.update(document.appended);
  return [
    ...(verifier.verify(certificate.publicKey, signature) ? [] : ['the signature does not verify']),
    ...(whole.digest('hex') === file.sha256 ? [] : ['the file changed since it was inspected']),
  ];
}

/** The inspector, which hostile bytes may have taken over, writes there: a link isn't followed, and a pipe isn't waited for. */
async function openPlain(file: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return null;
    throw error;
  });
  if (handle === null || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
}

async function* chunksOf(
  handle: FileHandle,
  whole: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  const stream = handle.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false });
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    whole.update(chunk);
    yield chunk;
  }
}
