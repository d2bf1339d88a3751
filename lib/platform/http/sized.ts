/**
 * How long an answer of a route is. Next.js removes Content-Length from what routes answer (its body may have been unpacked on the
 * way), so it is said a second time, under a name that the portal's own server takes off again (lib/platform/http-edge).
 */
export const lengthHeader = 'x-countersign-length';

/** Headers of an answer of so many bytes. */
export const sized = (sizeBytes: number): Readonly<Record<string, string>> => ({
  'content-length': String(sizeBytes),
  [lengthHeader]: String(sizeBytes),
});
