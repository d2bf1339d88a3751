/** Takes a page out of an answer: text only, as long as is allowed, never compressed. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SafeFetchError, shown } from './error.ts';

export interface SafePage {
  /** Where the redirects ended. */
  readonly finalUrl: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Of the bytes as they came, in hexadecimal. */
  readonly sha256: string;
}

const textTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml', 'text/plain']);
const latinCharsets: ReadonlySet<string> = new Set(['latin1', 'iso-8859-1', 'windows-1252']);

export async function readPage(url: URL, response: IncomingMessage, bytesMax: number): Promise<SafePage> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    throw new SafeFetchError({
      code: 'BAD_STATUS',
      message: `${shown(url.href)} answers with status ${status}.`,
      fix: 'Give the address of a page that opens without signing in.',
    });
  }
  const contentType = response.headers['content-type'] ?? '';
  requireText(url, contentType, response.headers['content-encoding'] ?? 'identity');
  const body = await readBody(url, response, bytesMax);
  return {
    finalUrl: url.href,
    status,
    contentType,
    text: new TextDecoder(encodingOf(contentType)).decode(body),
    sha256: createHash('sha256').update(body).digest('hex'),
  };
}

function requireText(url: URL, contentType: string, contentEncoding: string): void {
  const [type = ''] = contentType.split(';', 1);
  const isEncoded = contentEncoding.trim().toLowerCase() !== 'identity';
  if (textTypes.has(type.trim().toLowerCase()) && !isEncoded) return;
  throw new SafeFetchError({
    code: 'NOT_TEXT',
    message: isEncoded
      ? `${shown(url.href)} comes compressed, though it was asked for as it is.`
      : `${shown(url.href)} is no web page but “${shown(contentType)}”.`,
    fix: isEncoded
      ? 'Let the server honour “Accept-Encoding: identity”.'
      : 'Give the address of an HTML or plain text page.',
  });
}

async function readBody(url: URL, response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const tooLarge = (): SafeFetchError =>
    new SafeFetchError({
      code: 'TOO_LARGE',
      message: `${shown(url.href)} is larger than ${bytesMax} bytes.`,
      fix: 'Give the address of a smaller page.',
    });
  if (Number(response.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Everything but Latin is read as UTF-8 with replacement characters: the ASCII in it survives. */
function encodingOf(contentType: string): 'utf-8' | 'windows-1252' {
  const charset = /;\s{0,9}charset\s{0,9}=\s{0,9}"?([\w-]{1,40})/i.exec(contentType)?.[1] ?? '';
  return latinCharsets.has(charset.toLowerCase()) ? 'windows-1252' : 'utf-8';
}
