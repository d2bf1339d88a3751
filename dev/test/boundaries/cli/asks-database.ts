// breaks cli-imports-only-core
export { client } from '../lib/platform/db/index.ts';
