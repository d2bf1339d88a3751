export { UploadQuotaError } from './error.ts';
export { useObjects } from './objects.ts';
export { removeOrphans, removeUnusedUploads, removeUpload } from './remove-unused.ts';
export * from './parts/index.ts';
export { storeUpload } from './store-upload.ts';
