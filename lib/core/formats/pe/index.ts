/** Windows programs (PE32, PE32+): layout, Authenticode digest, embedding and reading of signatures. */
export { type CertificateTable } from './certificate-table.ts';
export { compareSignedPe, type PeComparison } from './compare.ts';
export { peChecksum, peDigest, type PeDigestAlgorithm } from './digest.ts';
export { embedPeSignatures } from './embed.ts';
export { PeError, type PeErrorCode } from './errors.ts';
export { extractPeSignatures } from './extract.ts';
export {
  openPeImage,
  peDirectories,
  peDirectory,
  readPeAddress,
  type PeAddressProblem,
  type PeImage,
  type PeSection,
} from './image.ts';
export { parsePe, type PeLayout } from './layout.ts';
export { peSpcIndirectData } from './spc-indirect-data.ts';
export { peFormat } from './format.ts';
