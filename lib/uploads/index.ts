export { UploadQuotaError } from './error.ts';
export { useObjects } from './objects.ts';
export { removeOrphans, removeUnusedUploads } from './remove-unused.ts';
export { storeUpload } from './store-upload.ts';
