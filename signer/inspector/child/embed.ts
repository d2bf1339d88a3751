/** Puts a signature into a program, reads it back and proves that nothing else changed. */
import {
  compareSignedPe,
  embedPeSignature,
  extractPeSignatures,
  parsePe,
  peDigest,
} from '#core/formats/pe/index.ts';
import type { EmbedAnswer, EmbedMessage } from '../messages.ts';
import { digestOfSource, hexDigest, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';

export async function embed(message: EmbedMessage): Promise<EmbedAnswer> {
  const pkcs7 = Buffer.from(message.pkcs7, 'base64');
  return withFile(message.file, async (source) => {
    requireDigest('the program', message.sha256, (await digestOfSource(source)).sha256);
    const layout = await parsePe(source);
    const written = await writeFile(message.outputFile, embedPeSignature(source, layout, pkcs7));
    return withFile(message.outputFile, async (signedSource) => {
      const signedLayout = await parsePe(signedSource);
      const comparison = await compareSignedPe(
        { source, layout },
        { source: signedSource, layout: signedLayout },
      );
      if (!comparison.equal) throw new InputError(`the signed program differs: ${comparison.message}`);
      const [extracted, ...others] = await extractPeSignatures(signedSource, signedLayout);
      if (extracted === undefined || others.length > 0 || !pkcs7.equals(extracted)) {
        throw new InputError('the signature read back is not the one embedded');
      }
      return {
        ...written,
        authenticodeSha256: hexDigest(await peDigest(signedSource, signedLayout, 'sha256')),
        pkcs7: Buffer.from(extracted).toString('base64'),
      };
    });
  });
}
