/** `type` of a problem document (RFC 9457 §3.1.1): a name for the kind of problem, not a page. */
export const problemType = (code: string): string =>
  `tag:countersign.example,2026:problem:${code.toLowerCase().replaceAll('_', '-')}`;
