// breaks cli-reaches-of-the-signer-the-inspectors-client-alone
export { parse } from '../signer/inspector/index.ts';
