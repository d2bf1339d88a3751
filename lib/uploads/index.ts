export { ProjectQuotaError, UploadQuotaError } from './error.ts';
export { lockObjects, useObjects } from './objects.ts';
export { maySeeUsage, readProjectUsage, requireProjectQuota, type ProjectUsage } from './project-quota.ts';
export { removeOrphans, removeUnusedUploads, removeUpload } from './remove-unused.ts';
export * from './parts/index.ts';
export { storeUpload } from './store-upload.ts';
