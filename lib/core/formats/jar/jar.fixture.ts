/** Signs archives as the daemon and the inspector do, with a key that tests hold. */
import { sign as signBytes } from 'node:crypto';
import type { TestSigner } from '../../pki/cms/signer.fixture.ts';
import type { JarSign } from '../../generated/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import type { ReadBack, Verification } from '../format.ts';
import { memorySource } from '../random-access.ts';
import { jarSigning } from './sign.ts';

export interface SignedJar {
  readonly file: Uint8Array;
  readonly block: Uint8Array;
  readonly read: ReadBack;
  readonly verification: Verification;
}

export const signedAt = new Date('2026-11-22T10:00:00Z');

/** → the signed archive, read back and verified. */
export async function signJar(
  unsigned: Uint8Array,
  signer: TestSigner,
  sign: JarSign,
  stamp?: (signature: Uint8Array) => Uint8Array,
): Promise<SignedJar> {
  const source = memorySource(unsigned);
  const by = { certificate: signer.certificate, chain: [signer.root], time: signedAt };
  const subject = await jarSigning.subject(source, sign);
  const toBeSigned = jarSigning.toBeSigned(subject, sign, by);
  const signature = Uint8Array.from(signBytes(jarSigning.hash(sign), toBeSigned, signer.key));
  const timestampToken = stamp?.(signature) ?? null;
  const block = jarSigning.assemble({ subject, toBeSigned, signature, signer: by, timestampToken }, sign);
  const file = Uint8Array.from(await collect(jarSigning.embed(source, block, sign)));
  const read = await jarSigning.readBack(source, memorySource(file), block, sign);
  return { file, block, read, verification: jarSigning.verify(read, signer.certificate, sign) };
}

/** Says how many signers its own class has. */
export const hello = `package demo;
public class Hello {
  public static void main(String[] args) {
    var signers = Hello.class.getProtectionDomain().getCodeSource().getCodeSigners();
    System.out.println("hello " + Hello.class.getPackage().getImplementationTitle()
      + (signers == null ? ", unsigned" : ", signed by " + signers.length));
  }
}
`;
