/** Opens undeclared containers, to scan what they contain. */
export { metered, type InnerFile } from './inner-file.ts';
export { openInside } from './open-inside.ts';
export { followedByBytes, payloadOf, signatureStart, type Payload } from './payload.ts';
