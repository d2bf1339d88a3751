/** Signs as the daemon and the inspector do, round by round, with a key that tests hold. */
import { sign as signBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { TestSigner } from '../../pki/cms/signer.fixture.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import type { Signing } from '../format.ts';
import { memorySource } from '../random-access.ts';

interface SignRounds {
  readonly signing: Signing<AuthenticodeSign>;
  readonly signer: TestSigner;
  readonly file: Uint8Array;
  readonly sign: AuthenticodeSign;
  /** Of the file; left out: null. */
  readonly name?: string;
  /** → DER token over the signature; left out: none is wanted. */
  readonly stamp?: (signature: Uint8Array) => Uint8Array;
}

/** → the signed file; every round was read back, and its signature verified. */
export async function signRounds({
  signing,
  signer,
  file,
  sign,
  name,
  stamp,
}: SignRounds): Promise<Uint8Array> {
  let current = file;
  const by = { certificate: signer.certificate, chain: [signer.root], time: new Date(0) };
  for (const round of signing.rounds(sign)) {
    const source = memorySource(current);
    const subject = await signing.subject(source, round, name ?? null);
    const toBeSigned = signing.toBeSigned(subject, round, by);
    const signature = Uint8Array.from(signBytes(signing.hash(round), toBeSigned, signer.key));
    const timestampToken = stamp?.(signature) ?? null;
    const parts = { subject, toBeSigned, signature, signer: by, timestampToken };
    const assembled = signing.assemble(parts, round);
    const chunks: Uint8Array[] = [];
    for await (const chunk of signing.embed(source, assembled, round)) chunks.push(Uint8Array.from(chunk));
    current = Uint8Array.from(Buffer.concat(chunks));
    const read = await signing.readBack(source, memorySource(current), assembled, round);
    expect(read.subject).toEqual(subject);
    expect(signing.verify(read, signer.certificate, round)).toEqual({
      problems: [],
      signature,
      timestampToken,
    });
  }
  return current;
}
