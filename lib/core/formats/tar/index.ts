/** tar archives: strict streaming reader and byte-preserving rewriter. */
export { readTar, type TarEnd, type TarEntry } from './read-tar.ts';
export { rewriteTar, type TarReplacement } from './rewrite-tar.ts';
export { tarContainer, tarGzipContainer } from './container.ts';
