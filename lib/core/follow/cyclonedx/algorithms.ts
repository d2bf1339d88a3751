import type { DigestAlgorithm } from '../follow.ts';

/** By their names in CycloneDX; it knows BLAKE3, Streebog and other lengths of BLAKE2b, too. */
export const cyclonedxAlgorithms: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
  ['SHA3-256', 'sha3-256'],
  ['SHA3-384', 'sha3-384'],
  ['SHA3-512', 'sha3-512'],
  ['BLAKE2b-512', 'blake2b512'],
]);
