/** Java archives, and zip archives signed like them (JAR File Specification). */
export { jarFormat, zipFormat } from './format.ts';
