import { isNestedTooDeeply, nestingMax } from '../../../lib/platform/http/index.ts';
import { BadRequest } from './problem.ts';

/** A header like `application/json; charset=utf-8` → `application/json`. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Content-Length as a number, or null where the body comes in chunks. */
export function contentLength(request: Request): number | null {
  const header = request.headers.get('content-length');
  if (header === null) return null;
  if (!/^\d{1,15}$/.test(header)) {
    throw new BadRequest({
      code: 'CONTENT_LENGTH_INVALID',
      message: 'The Content-Length header is not a number of bytes.',
      fix: 'Send the size of the body in bytes, or use chunked transfer encoding.',
    });
  }
  return Number(header);
}

/** Throws where the body is packed for its way (RFC 9110, section 8.4): what would be kept, and hashed, isn’t what was meant. */
export function refuseEncoded(request: Request): void {
  const coding = (request.headers.get('content-encoding') ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return;
  throw new BadRequest({
    code: 'CONTENT_TYPE_UNSUPPORTED',
    message: `The body is encoded (Content-Encoding: ${coding.slice(0, 100)}), and is taken as it is here.`,
    fix: 'Send the bytes as they are, without Content-Encoding.',
    headers: { 'accept-encoding': 'identity' },
  });
}

/** `signal`: whoever reads no further although nothing comes just now. */
export async function* chunksOf(request: Request, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader();
  if (reader === undefined) return;
  signal?.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops reading early says so: the connection ends instead of filling up.
    await reader.cancel().catch(() => undefined);
  }
}

/** A JSON body of at most `sizeBytesMax` bytes, read no further than that. */
export async function jsonBody(request: Request, sizeBytesMax: number): Promise<unknown> {
  if (mediaType(request) !== 'application/json') {
    throw new BadRequest({
      code: 'CONTENT_TYPE_UNSUPPORTED',
      message: `The body is ${mediaType(request) === '' ? 'of no named type' : mediaType(request)}; this needs application/json.`,
      fix: 'Send the header Content-Type: application/json.',
    });
  }
  refuseEncoded(request);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunksOf(request)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > sizeBytesMax) {
      throw new BadRequest({
        code: 'BODY_TOO_LARGE',
        message: `The body is larger than ${sizeBytesMax} bytes.`,
        fix: 'Upload the artifact with PUT /api/v1/artifacts/{sha256}; only the bundle belongs here.',
      });
    }
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new BadRequest({
      code: 'JSON_INVALID',
      message:
        `The body is not JSON: ${cause instanceof SyntaxError ? cause.message : 'it is not UTF-8'}.`.slice(
          0,
          300,
        ),
      fix: 'Send one JSON value, encoded as UTF-8.',
    });
  }
  if (isNestedTooDeeply(value)) {
    throw new BadRequest({
      code: 'JSON_INVALID',
      message: `The body is nested deeper than ${nestingMax} levels.`,
      fix: 'Compare the request with /api/v1/openapi.yaml; a Sigstore bundle needs about ten levels.',
    });
  }
  return value;
}
