/** One signature of one file: its subject, and the file with the signature embedded, read back. */
import type { Signing, Subject } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import type { EmbedAnswer, SubjectAnswer } from '../answers.ts';
import type { EmbedMessage, KnownFile, SubjectMessage } from '../messages.ts';
import { digestOfFile, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';
import { grafted } from './plain-file.ts';

export function subjectAnswer({ digest, content }: Subject): SubjectAnswer {
  return { digest, content: Buffer.from(content).toString('base64') };
}

export function findSubject(message: SubjectMessage): Promise<SubjectAnswer> {
  return withKnownFile(message, async (source, signing) => {
    await refuseGrafted(source, message);
    return subjectAnswer(await signing.subject(source, message.sign, message.name));
  });
}

/** What was signed inside, or is written anew, made the file another one than was inspected. */
async function refuseGrafted(
  source: RandomAccessSource,
  { type, sign, sha256 }: SubjectMessage,
): Promise<void> {
  if (type !== 'file') return;
  const refusal = await grafted(source, sign, { path: [], sha256, policy: null });
  if (refusal !== null) throw new InputError(refusal.message);
}

/** Embeds a signature in a file, reads it back and proves that nothing else changed. */
export function embed(message: EmbedMessage): Promise<EmbedAnswer> {
  const signature = Buffer.from(message.signature, 'base64');
  return withKnownFile(message, async (source, signing) => {
    const written = await writeFile(message.outputFile, signing.embed(source, signature, message.sign));
    return withFile(message.outputFile, async (signedSource) => {
      const read = await signing.readBack(source, signedSource, signature, message.sign);
      return {
        ...written,
        subject: subjectAnswer(read.subject),
        signature: Buffer.from(read.signature).toString('base64'),
      };
    });
  });
}

async function withKnownFile<Result>(
  { type, file, sha256 }: KnownFile,
  use: (source: RandomAccessSource, signing: Signing) => Promise<Result>,
): Promise<Result> {
  const { signing, words } = formats[type];
  if (signing === null) throw new InputError(`${words.many} are not signed`);
  requireDigest('the file', sha256, (await digestOfFile(file)).sha256);
  return withFile(file, (source) => use(source, signing));
}
