/** All signatures that a program carries: several side by side, and others nested in them. Only read here, not verified. */
import { Asn1Error, asSequence, asTime, oids, readDer } from '../asn1/index.ts';
import { singleValue } from './attributes.ts';
import { CmsError } from './errors.ts';
import { parseSignedData, type SignedData } from './parse-signed-data.ts';
import { parseSignerInfo, type SignerInfo } from './parse-signer-info.ts';

export interface FoundSignature {
  /** DER ContentInfo. */
  readonly der: Uint8Array;
  /** 0: among those passed in; 1: in the unsigned attributes of one of those, and so on. */
  readonly nesting: number;
  readonly signedData: SignedData;
  readonly countersignatures: readonly Countersignature[];
}

/** `der`: an RFC 3161 token over the signature, or the SignerInfo of PKCS#9 §6.6 that authorities made in the past. */
export interface Countersignature {
  readonly kind: 'rfc3161' | 'pkcs9';
  readonly der: Uint8Array;
  /** The time that it states; null if it states none that can be read. */
  readonly time: Date | null;
}

interface Found {
  /** In the order of the file; nested signatures follow those that contain them. */
  readonly signatures: readonly FoundSignature[];
  /** Why some can't be read, each without its full stop. */
  readonly problems: readonly string[];
}

/** Microsoft nests one or two, osslsigncode any number. */
const signaturesMax = 16;
const nestingMax = 4;

/** DER ContentInfos → the signatures in them. What is malformed or over the limits is reported, not thrown. */
export function findSignatures(contentInfos: readonly Uint8Array[]): Found {
  const signatures: FoundSignature[] = [];
  const problems: string[] = [];
  let seen = 0;
  const read = (der: Uint8Array, nesting: number): void => {
    seen += 1;
    if (seen > signaturesMax || nesting > nestingMax) {
      if (problems.at(-1) !== tooMany) problems.push(tooMany);
      return;
    }
    let nested: readonly Uint8Array[];
    try {
      const signedData = parseSignedData(der);
      nested = valuesOf(signedData.signerInfo, oids.authenticodeNestedSignature);
      signatures.push({ der, nesting, signedData, countersignatures: countersignaturesOf(signedData) });
    } catch (error) {
      if (!(error instanceof CmsError) && !(error instanceof Asn1Error)) throw error;
      problems.push(`signature ${seen} is malformed: ${error.message}`);
      return;
    }
    for (const inner of nested) read(inner, nesting + 1);
  };
  for (const der of contentInfos) read(der, 0);
  return { signatures, problems };
}

const tooMany = `only ${signaturesMax} signatures, nested up to ${nestingMax} deep, are read`;

const valuesOf = ({ unsignedAttributes }: SignerInfo, type: string): readonly Uint8Array[] =>
  (unsignedAttributes.get(type)?.values ?? []).map(({ bytes }) => bytes);

function countersignaturesOf({ signerInfo }: SignedData): readonly Countersignature[] {
  const tokens = [oids.authenticodeTimestampToken, oids.timestampToken].flatMap((type) =>
    valuesOf(signerInfo, type),
  );
  const infos = signerInfo.unsignedAttributes.get(oids.counterSignature)?.values ?? [];
  return [
    ...tokens.map((der) => ({ kind: 'rfc3161' as const, der, time: readTime(() => tokenTime(der)) })),
    ...infos.map((node) => ({
      kind: 'pkcs9' as const,
      der: node.bytes,
      time: readTime(() => signingTime(parseSignerInfo(node))),
    })),
  ];
}

function readTime(read: () => Date | null): Date | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CmsError || error instanceof Asn1Error) return null;
    throw error;
  }
}

/** genTime, the fifth member of a TSTInfo (RFC 3161 §2.4.2); the rest is read when the token is verified. */
function tokenTime(token: Uint8Array): Date | null {
  const { encapContent } = parseSignedData(token);
  const genTime = encapContent === null ? undefined : asSequence(readDer(encapContent))[4];
  return genTime === undefined ? null : asTime(genTime);
}

/** RFC 5652 §11.3. */
function signingTime({ signedAttributes }: SignerInfo): Date | null {
  const value = singleValue(signedAttributes, oids.signingTime);
  return value === null ? null : asTime(value);
}
