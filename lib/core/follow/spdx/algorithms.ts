import type { DigestAlgorithm } from '../follow.ts';

/** SPDX 2.3, section 8.4; it knows MD2, MD4, MD6, ADLER32, BLAKE3 and other lengths of BLAKE2b, too. */
export const spdxAlgorithms: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
  ['SHA3-256', 'sha3-256'],
  ['SHA3-384', 'sha3-384'],
  ['SHA3-512', 'sha3-512'],
  ['BLAKE2b-512', 'blake2b512'],
]);

/** SPDX 3.0, HashAlgorithm; it knows the others, too, and algorithms that are none for digests of files. */
export const spdx3Algorithms: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['blake2b512', 'blake2b512'],
]);
