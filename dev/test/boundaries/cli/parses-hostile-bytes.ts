// breaks cli-reaches-of-the-signer-inspector-and-scanner-alone
export { parse } from '../signer/inspector/index.ts';
