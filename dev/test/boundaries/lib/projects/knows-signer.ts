// breaks lib-imports-no-shell
export { sign } from '../../signer/policy-source/index.ts';
