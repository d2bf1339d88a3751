// breaks core-imports-only-core
export { client } from '../../platform/db/index.ts';
