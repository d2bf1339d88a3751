/** Signs files as the signer does it, all but the processes between. */
import { sign as signBytes } from 'node:crypto';
import type { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import type { FileSign } from '../../generated/index.ts';
import type { Signing } from '../format.ts';
import { collect } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { plainFile } from './format.ts';

export type TestSigner = ReturnType<typeof createTestSigner>;

export const signing: Signing = (() => {
  if (plainFile.signing === null) throw new Error('files are signed');
  return plainFile.signing;
})();

/** A time after which no test ends, as signing of a request began. */
export const began = new Date('2026-11-20T12:00:00Z');

export function optionsOf(sign: FileSign) {
  const { sign: options, problems } = plainFile.compile({ type: 'file', sign }, undefined);
  if (options === null || problems.length > 0) throw new Error(problems[0]?.message ?? 'it isn’t signed');
  return options;
}

/** The file → the one beside it, and what else there is to look at. */
export async function signFile(
  signer: TestSigner,
  file: Uint8Array,
  sign: FileSign,
  stamp: (signature: Uint8Array) => Uint8Array | null = () => null,
) {
  const options = optionsOf(sign);
  const source = memorySource(file);
  const subject = await signing.subject(source, options);
  const who = { certificate: signer.certificate, chain: [signer.root], time: began };
  const toBeSigned = signing.toBeSigned(subject, options, who);
  const signature = Uint8Array.from(signBytes(signing.hash(options), toBeSigned, signer.key));
  const timestampToken = stamp(signature);
  const parts = { subject, toBeSigned, signature, signer: who, timestampToken };
  const assembled = signing.assemble(parts, options);
  const beside = await collect(signing.embed(source, assembled, options));
  const readBack = await signing.readBack(source, memorySource(beside), assembled, options);
  const verification = signing.verify(readBack, signer.certificate, options);
  return {
    options,
    subject,
    toBeSigned,
    signature,
    timestampToken,
    assembled,
    beside,
    readBack,
    verification,
  };
}
