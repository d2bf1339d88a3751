/** What an S3 server says in XML, read strictly and up to a size: it is a stranger's. */
import { z } from 'zod';
import { readXml, type XmlElement } from '#core/xml/index.ts';

/** A page of 1,000 names with all that servers add to them has less than half of it. */
export const answerBytesMax = 4 * 1024 * 1024;
const elementsMax = 40_000;

/** Throws where it isn't such a document. */
export function readAnswer(bytes: Uint8Array, root: string): XmlElement {
  const found = readXml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), elementsMax);
  if (found.name !== root) throw new SyntaxError(`it is <${found.name.slice(0, 40)}>, not <${root}>`);
  return found;
}

const all = (parent: XmlElement, name: string): readonly XmlElement[] =>
  parent.children.filter((child) => child.name === name);

function textOf(parent: XmlElement, name: string): string | null {
  const [found, second] = all(parent, name);
  if (second !== undefined) throw new SyntaxError(`it has <${name}> twice`);
  return found?.text ?? null;
}

/** As servers answer a request that they refuse; null: it is no such document. */
export function readErrorCode(bytes: Uint8Array): string | null {
  try {
    const code = textOf(readAnswer(bytes, 'Error'), 'Code');
    return code !== null && /^[A-Za-z0-9.]{1,60}$/.test(code) ? code : null;
  } catch {
    return null;
  }
}

export interface Listed {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

const entry = z.object({
  key: z.string().min(1).max(1024),
  sizeBytes: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  modifiedAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** A page of names (ListObjectsV2); `next`: what continues it. Throws where it isn't one. */
export function readPage(bytes: Uint8Array): {
  readonly entries: readonly Listed[];
  readonly next: string | null;
} {
  const root = readAnswer(bytes, 'ListBucketResult');
  const entries = all(root, 'Contents').map((one) =>
    entry.parse({
      key: textOf(one, 'Key'),
      sizeBytes: textOf(one, 'Size'),
      modifiedAt: textOf(one, 'LastModified'),
    }),
  );
  return { entries, next: continuation(root, 'NextContinuationToken') };
}

function continuation(root: XmlElement, name: string): string | null {
  const isTruncated = textOf(root, 'IsTruncated');
  if (isTruncated === 'false') return null;
  const next = textOf(root, name);
  if (isTruncated !== 'true' || next === null || next === '')
    throw new SyntaxError('it says neither that it ends nor how it goes on');
  return next;
}

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
}

const upload = z.object({
  key: z.string().min(1).max(1024),
  uploadId: z.string().min(1).max(1024),
  initiatedAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** A page of uploads that aren't complete (ListMultipartUploads). Throws where it isn't one. */
export function readUnfinished(bytes: Uint8Array): {
  readonly uploads: readonly UnfinishedUpload[];
  readonly next: { readonly key: string; readonly uploadId: string } | null;
} {
  const root = readAnswer(bytes, 'ListMultipartUploadsResult');
  const uploads = all(root, 'Upload').map((one) =>
    upload.parse({
      key: textOf(one, 'Key'),
      uploadId: textOf(one, 'UploadId'),
      initiatedAt: textOf(one, 'Initiated'),
    }),
  );
  const key = continuation(root, 'NextKeyMarker');
  return {
    uploads,
    next: key === null ? null : { key, uploadId: textOf(root, 'NextUploadIdMarker') ?? '' },
  };
}

export function readUploadId(bytes: Uint8Array): string {
  const id = textOf(readAnswer(bytes, 'InitiateMultipartUploadResult'), 'UploadId') ?? '';
  if (id === '' || id.length > 1024) throw new SyntaxError('it names no upload');
  return id;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The body that completes an upload of these parts. */
export const writeParts = (etags: readonly string[]): Buffer =>
  Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${etags
      .map(
        (etag, at) =>
          `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag.replace(/[&<>"]/g, (one) => escapes[one] ?? one)}</ETag></Part>`,
      )
      .join('')}</CompleteMultipartUpload>`,
  );
