/**
 * A file as the body of a PUT. By node:http, not fetch: an answer that arrives before the file was sent (a refused
 * token, a file too large) is read and ends the upload, and a stalled connection is given up.
 */
import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { CliError } from './error.ts';
import { badToken, networkFailure, refusal, type Portal } from './http.ts';

/** A connection is given up after this long without anything sent or received. */
const stillMilliseconds = 120_000;
const answerCharactersMax = 10_000;

export interface FileToSend {
  readonly path: string;
  readonly file: string;
  readonly sizeBytes: number;
}

export async function sendFile(portal: Portal, { path, file, sizeBytes }: FileToSend): Promise<void> {
  const url = new URL(path, portal.url);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const request = open(portal, url, sizeBytes);
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  let answered = false;
  request.once('response', (response) => {
    answered = true;
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (text.length < answerCharactersMax) text += chunk;
    });
    const end = (): void => {
      const status = response.statusCode ?? 0;
      const header = (name: string): string | null => {
        const value = response.headers[name];
        return typeof value === 'string' ? value : null;
      };
      if (status >= 200 && status < 300) resolve(undefined);
      else reject(refusal(portal, { url, status, header, text: text.slice(0, answerCharactersMax) }));
    };
    // What the answer says counts, also where the connection ends in the middle of it.
    response.once('end', end).once('error', end);
  });
  request.on('error', (error) => {
    if (!answered) reject(networkFailure(url, error));
  });
  request.setTimeout(stillMilliseconds, () => {
    request.destroy(Object.assign(new Error('nothing moves'), { code: 'ETIMEDOUT' }));
  });
  source.once('error', (error) => {
    reject(new CliError('USAGE', `${file} can’t be read: ${error.message}`, error));
  });
  source.pipe(request);
  try {
    await promise;
  } finally {
    source.destroy();
    request.destroy();
  }
}

function open({ url: base, token }: Portal, url: URL, sizeBytes: number): http.ClientRequest {
  const { request } = url.protocol === 'https:' ? https : http;
  try {
    return request(url, {
      method: 'PUT',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(sizeBytes),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  } catch (error) {
    throw badToken(base, error);
  }
}
