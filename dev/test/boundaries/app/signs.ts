// breaks app-imports-only-lib
export { sign } from '../signer/intake/index.ts';
