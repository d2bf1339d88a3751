// breaks signer-imports-only-core
export { submit } from '../../../lib/requests/index.ts';
