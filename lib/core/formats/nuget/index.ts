/** NuGet packages: author signatures. */
export { nugetFormat } from './format.ts';
