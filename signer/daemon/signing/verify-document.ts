/** A signature over a file's own bytes is verified over the file as it lies there, before anything is released. */
import { createHash, createVerify, type X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { SignatureHash, Verification } from '#core/formats/format.ts';
import { signedText } from '#core/pki/openpgp/index.ts';
import type { FileVersion } from '../file-version/index.ts';

/** `file`: the signed one, of which the signature lies beside. Empty: it verifies. */
export async function documentProblems(
  file: FileVersion | null,
  { document, signature }: Verification,
  { hash, certificate }: { readonly hash: SignatureHash; readonly certificate: X509Certificate },
): Promise<readonly string[]> {
  if (file === null || document === undefined) return ['nothing says over what it was made'];
  const verifier = createVerify(hash);
  const whole = createHash('sha256');
  for await (const chunk of document.form === 'text'
    ? signedText(chunksOf(file, whole))
    : chunksOf(file, whole))
    verifier.update(chunk);
  verifier.update(document.appended);
  return [
    ...(verifier.verify(certificate.publicKey, signature) ? [] : ['the signature does not verify']),
    ...(whole.digest('hex') === file.sha256 ? [] : ['the file changed since it was inspected']),
  ];
}

async function* chunksOf(
  { file }: FileVersion,
  whole: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, {
    highWaterMark: 1024 * 1024,
  }) as AsyncIterable<Uint8Array>) {
    whole.update(chunk);
    yield chunk;
  }
}
