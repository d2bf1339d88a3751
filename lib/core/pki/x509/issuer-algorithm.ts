/** By what a certificate or a request for one is signed: RSA with SHA-256, ECDSA with the hash of its curve's strength. */
import type { KeyObject } from 'node:crypto';
import { nullValue, oid, oids, sequence, type Der } from '../asn1/index.ts';
import { X509Error } from '../certificate-path/index.ts';
import { keyKindOf } from '../key-kind/index.ts';

export interface IssuerAlgorithm {
  readonly hash: 'sha256' | 'sha384';
  /** DER AlgorithmIdentifier: RFC 4055 §5, RFC 5758 §3.2. */
  readonly algorithm: Der;
  /** As @peculiar/x509 names it. */
  readonly generator: { readonly name: string; readonly hash: string; readonly namedCurve?: string };
}

/** `key`: the one that signs. Throws PROFILE_INVALID for keys of other kinds. */
export function issuerAlgorithm(key: KeyObject): IssuerAlgorithm {
  if (key.asymmetricKeyType === 'rsa') {
    return {
      hash: 'sha256',
      algorithm: sequence(oid(oids.sha256WithRsaEncryption), nullValue()),
      generator: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    };
  }
  const kind = keyKindOf(key);
  if (kind === 'p-256') {
    return {
      hash: 'sha256',
      algorithm: sequence(oid(oids.ecdsaWithSha256)),
      generator: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
    };
  }
  if (kind === 'p-384') {
    return {
      hash: 'sha384',
      algorithm: sequence(oid(oids.ecdsaWithSha384)),
      generator: { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' },
    };
  }
  throw new X509Error(
    'PROFILE_INVALID',
    `a key of type ${key.asymmetricKeyType ?? 'none'}, or on another curve: RSA, P-256 or P-384`,
  );
}
