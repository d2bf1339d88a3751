/** gzip (RFC 1952) and raw DEFLATE (RFC 1951) streams. */
export {
  decode,
  decoderOptions,
  deflateRaw,
  inflateRaw,
  inflateSmall,
  type DeflateLevel,
} from './deflate-stream.ts';
export { readGzipHeader } from './gzip-header.ts';
export { readGzip } from './read-gzip.ts';
export { writeGzip } from './write-gzip.ts';
