export { parsePortalConfig } from './parse.ts';
export type { PortalConfig } from './parse.ts';
export { loadPortalConfig } from './load.ts';
