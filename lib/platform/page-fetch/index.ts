export { openDownloader } from './download.ts';
export type { Download, Downloader } from './download.ts';
export { PageFetchError } from './error.ts';
export type { PageFetchErrorCode } from './error.ts';
export { openPageFetch } from './fetch-page.ts';
export type { FetchedPage, FetchPage, PageFetchOptions } from './fetch-page.ts';
export { openPoster } from './post.ts';
export type { PostAnswer, Poster, Posting } from './post.ts';
