// breaks app-imports-only-lib
export { sign } from '../signer/policy-source/index.ts';
