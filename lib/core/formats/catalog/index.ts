/** Security catalogs: lists of digests that make Windows treat other files, above all those of drivers, as signed. */
export { catalogFormat } from './format.ts';
