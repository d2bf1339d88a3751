import type { KeyObject } from 'node:crypto';
import {
  asNull,
  asOid,
  Fields,
  isUniversal,
  nullValue,
  oid,
  oids,
  sequence,
  universalTag,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { unacceptedCurve } from '../key-kind/index.ts';
import { CmsError } from './errors.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';

/** SHA-1 and older are left out on purpose: a signature over them no longer proves anything. */
const hashes = new Map<string, HashName>([
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
]);

const signatureAlgorithms = new Map<string, { readonly key: 'rsa' | 'ec'; readonly hash: HashName | null }>([
  // The hash is the SignerInfo's digest algorithm, RFC 3370 §3.2.
  [oids.rsaEncryption, { key: 'rsa', hash: null }],
  [oids.sha256WithRsaEncryption, { key: 'rsa', hash: 'sha256' }],
  [oids.sha384WithRsaEncryption, { key: 'rsa', hash: 'sha384' }],
  [oids.sha512WithRsaEncryption, { key: 'rsa', hash: 'sha512' }],
  [oids.ecdsaWithSha256, { key: 'ec', hash: 'sha256' }],
  [oids.ecdsaWithSha384, { key: 'ec', hash: 'sha384' }],
  [oids.ecdsaWithSha512, { key: 'ec', hash: 'sha512' }],
]);

const rsaBitsMin = 2048;

/** AlgorithmIdentifier with NULL parameters, as PKCS#7 v1.5 writes hashes and rsaEncryption. */
export const algorithmIdentifier = (algorithm: string): Der => sequence(oid(algorithm), nullValue());

/** What CMS calls signing with this key by this hash; of ECDSA without parameters (RFC 5758 §3.2). Rejects keys of other kinds. */
export function signatureAlgorithmFor(key: KeyObject, hash: HashName): Der {
  if (key.asymmetricKeyType === 'rsa') return algorithmIdentifier(rsaSignatures[hash]);
  if (key.asymmetricKeyType === 'ec') return sequence(oid(ecdsaSignatures[hash]));
  const message = `the signer's key is of type ${key.asymmetricKeyType}; expected RSA or EC`;
  throw new CmsError('CERTIFICATE_UNSUITABLE', message);
}

/** As PKCS#7 and most of CMS name it: of RSA without the hash, which stands beside it (RFC 3370 §3.2, RFC 5754 §3). */
export function signerAlgorithmFor(key: KeyObject, hash: HashName): Der {
  return key.asymmetricKeyType === 'rsa'
    ? algorithmIdentifier(oids.rsaEncryption)
    : signatureAlgorithmFor(key, hash);
}

const rsaSignatures: Readonly<Record<HashName, string>> = {
  sha256: oids.sha256WithRsaEncryption,
  sha384: oids.sha384WithRsaEncryption,
  sha512: oids.sha512WithRsaEncryption,
};

const ecdsaSignatures: Readonly<Record<HashName, string>> = {
  sha256: oids.ecdsaWithSha256,
  sha384: oids.ecdsaWithSha384,
  sha512: oids.ecdsaWithSha512,
};

/** AlgorithmIdentifier → its OID. Rejects parameters other than NULL: none of the algorithms here has any. */
export function readAlgorithm(node: DerNode): string {
  const fields = new Fields(node, 'AlgorithmIdentifier');
  if (!isUniversal(node, universalTag.sequence)) {
    throw new CmsError('MALFORMED', 'AlgorithmIdentifier is not a SEQUENCE');
  }
  const algorithm = asOid(fields.next('algorithm'));
  const parameters = fields.optional(() => true);
  fields.end();
  if (parameters !== null) {
    if (!isUniversal(parameters, universalTag.null)) {
      throw new CmsError('ALGORITHM_UNSUPPORTED', `algorithm ${algorithm} with parameters`);
    }
    asNull(parameters);
  }
  return algorithm;
}

export function hashOf(algorithm: string): HashName {
  const hash = hashes.get(algorithm);
  if (hash === undefined) {
    throw new CmsError(
      'ALGORITHM_UNSUPPORTED',
      `hash ${algorithm}; SHA-256, SHA-384 and SHA-512 are accepted`,
    );
  }
  return hash;
}

/**
 * The hash that a signature algorithm uses with this key, or a description of the problem. Where the algorithm names a hash, it is that
 * of the digest algorithm: verifiers differ in which of the two they take, and would judge one signature differently.
 */
export function signatureHash(
  algorithm: string,
  digestAlgorithm: string,
  key: KeyObject,
): { readonly hash: HashName } | { readonly problem: string } {
  const found = signatureAlgorithms.get(algorithm);
  if (found === undefined) return { problem: `signature algorithm ${algorithm} is not supported` };
  if (key.asymmetricKeyType !== found.key) {
    return {
      problem: `signature algorithm ${algorithm} does not fit a key of type ${key.asymmetricKeyType}`,
    };
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (found.key === 'rsa' && bits < rsaBitsMin) return { problem: `RSA key of ${bits} bits` };
  const curve = unacceptedCurve(key);
  if (curve !== null) return { problem: `EC key on curve ${curve}; P-256, P-384 and P-521 are accepted` };
  const hash = hashOf(digestAlgorithm);
  if (found.hash !== null && found.hash !== hash) {
    return {
      problem: `signature algorithm ${algorithm} hashes with ${found.hash}, its digest algorithm is ${hash}`,
    };
  }
  return { hash };
}
