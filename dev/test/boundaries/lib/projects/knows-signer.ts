// breaks lib-imports-no-shell
export { sign } from '../../signer/intake/index.ts';
