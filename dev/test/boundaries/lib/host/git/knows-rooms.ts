// breaks host-imports-only-core
export { submit } from '../../requests/index.ts';
