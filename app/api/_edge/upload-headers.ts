/** Headers of uploads in parts, as draft-ietf-httpbis-resumable-upload has them (decision 0103). */
import type { PartState } from '../../../lib/requests/index.ts';
import { BadRequest } from './problem.ts';

/** How an upload stands. */
export function uploadHeaders(
  { offset, sizeBytes, isComplete, expiresAt }: PartState,
  now: Date,
): Record<string, string> {
  const secondsLeft = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  return {
    'cache-control': 'no-store',
    'upload-offset': String(offset),
    'upload-complete': isComplete ? '?1' : '?0',
    'upload-length': String(sizeBytes),
    'upload-limit': `max-size=${sizeBytes}, max-age=${secondsLeft}`,
  };
}

export const uploadJson = ({ id, sha256, sizeBytes, offset, isComplete, expiresAt }: PartState) => ({
  id,
  sha256,
  size: sizeBytes,
  offset,
  complete: isComplete,
  expiresAt: expiresAt.toISOString(),
});

export function uploadOffset(request: Request): number {
  const header = request.headers.get('upload-offset') ?? '';
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new BadRequest({
    code: 'BODY_INVALID',
    message: 'The Upload-Offset header doesn’t say at which byte of the file these bytes begin.',
    fix: 'Ask where the upload stands with HEAD, and send its Upload-Offset along.',
  });
}

const sha256Member = /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:,|$)/;

/** RFC 9530: the SHA-256 of the bytes of this call, base64. Other digests say nothing here. */
export function contentSha256(request: Request): string | null {
  const header = request.headers.get('content-digest');
  if (header === null) return null;
  const found = sha256Member.exec(header)?.[1];
  if (found !== undefined) return found;
  throw new BadRequest({
    code: 'BODY_INVALID',
    message: 'The Content-Digest header has no SHA-256.',
    fix: 'Send Content-Digest: sha-256=:…: with the digest in base64, or leave the header out.',
  });
}
