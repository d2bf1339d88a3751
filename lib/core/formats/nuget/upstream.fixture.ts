/** Signatures of packages as authors and feeds make them (NuGet.Packaging), and as nobody should. */
import { createHash, sign as rawSign } from 'node:crypto';
import * as asn1 from '../../pki/asn1/index.ts';
import { attribute, certificateIdentity, signingCertificateV2 } from '../../pki/cms/index.ts';
import type { TestSigner } from '../../pki/cms/signer.fixture.ts';
import { collect } from '../archive/stream.fixture.ts';
import { defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import { memorySource } from '../random-access.ts';
import { rewriteZip } from '../zip/index.ts';
import { packageDigest, signatureContent } from './unsigned-digest.ts';

const { oids, sequence, integer, oid, set, setOf, nullValue, octetString } = asn1;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const algorithm = (type: string) => sequence(oid(type), nullValue());

export interface InfoOptions {
  /** OIDs; empty: the attribute is left out. */
  readonly commitment?: readonly string[];
  /** Whose certificate the signed attributes name. */
  readonly named?: TestSigner;
  /** In place of SHA-256, stated alone: what is signed stays as it is. */
  readonly digestAlgorithm?: string;
  /** A countersignature has none. */
  readonly contentType?: boolean;
  readonly unsigned?: (signature: Uint8Array) => readonly Uint8Array[];
}

/** DER SignerInfo over content. */
export function signerInfo(
  signer: TestSigner,
  content: Uint8Array,
  {
    commitment = [oids.proofOfOrigin],
    named = signer,
    contentType = true,
    digestAlgorithm = oids.sha256,
    unsigned,
  }: InfoOptions = {},
): Uint8Array {
  const { issuer, serialNumberDer } = certificateIdentity(signer.certificate);
  const attributes = setOf(
    ...(contentType ? [attribute(oids.contentType, oid(oids.data))] : []),
    attribute(oids.messageDigest, octetString(sha256(content))),
    attribute(oids.signingTime, asn1.utcTime(new Date('2026-11-01T00:00:00Z'))),
    ...commitment.map((type) => attribute(oids.commitmentTypeIndication, sequence(oid(type)))),
    attribute(oids.signingCertificateV2, signingCertificateV2(named.certificate)),
  );
  const signature = Uint8Array.from(rawSign('sha256', attributes, signer.key));
  const more = unsigned?.(signature) ?? [];
  return sequence(
    integer(1),
    sequence(issuer, serialNumberDer),
    algorithm(digestAlgorithm),
    asn1.concatenate([Uint8Array.of(0xa0), attributes.subarray(1)]),
    algorithm(oids.rsaEncryption),
    octetString(signature),
    ...(more.length === 0 ? [] : [asn1.implicitConstructed(1, ...more)]),
  );
}

/** By a feed, over an author's signature: an unsigned attribute. */
export const countersignature = (feed: TestSigner, options: InfoOptions = {}) => ({
  unsigned: (signature: Uint8Array) => [
    attribute(
      oids.counterSignature,
      signerInfo(feed, signature, { commitment: [oids.proofOfReceipt], contentType: false, ...options }),
    ),
  ],
});

/** → the package with the signature in it. `content`: in place of what states its digest. */
export async function signedBy(
  signer: TestSigner,
  unsigned: Uint8Array,
  options: InfoOptions & { readonly content?: Uint8Array; readonly others?: readonly TestSigner[] } = {},
): Promise<Uint8Array> {
  const digest = await packageDigest(memorySource(unsigned), 'sha256');
  const content = options.content ?? signatureContent(digest, 'sha256');
  const certificates = [signer, ...(options.others ?? [])].flatMap(({ certificate, root }) => [
    certificate,
    root,
  ]);
  const signedData = sequence(
    integer(1),
    set(algorithm(oids.sha256)),
    sequence(oid(oids.data), asn1.explicit(0, octetString(content))),
    asn1.implicitConstructed(0, ...certificates),
    set(signerInfo(signer, content, options)),
  );
  const p7s = sequence(oid(oids.signedData), asn1.explicit(0, signedData));
  return put(unsigned, p7s);
}

export async function put(unsigned: Uint8Array, p7s: Uint8Array): Promise<Uint8Array> {
  const last = [{ path: '.signature.p7s', content: p7s }];
  const budget = new UnpackBudget(defaultUnpackLimits);
  return Uint8Array.from(await collect(rewriteZip(memorySource(unsigned), budget, { last })));
}
