/** Security catalogs: lists of digests by which Windows takes other files, those of drivers above all, as signed. */
export { catalogFormat } from './format.ts';
