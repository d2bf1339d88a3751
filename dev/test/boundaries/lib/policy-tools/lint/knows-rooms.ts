// breaks policy-tools-import-only-core
export { submit } from '../../requests/index.ts';
