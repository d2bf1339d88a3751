/** Buffers an answer until it is complete, to decide then whether it may be shared. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Recorded {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

type Callback = (error?: Error | null) => void;

/**
 * `whole` gets the answer as it ends and sends it itself, by then with the response's own methods. An answer of more than
 * `bytesMax` is passed on as it comes and never reaches `whole`.
 */
export function record(
  response: ServerResponse,
  bytesMax: number,
  whole: (recorded: Recorded) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const own = {
    writeHead: response.writeHead.bind(response),
    write: response.write.bind(response),
    end: response.end.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
  };

  const release = (): void => {
    Object.assign(response, own);
  };
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
  };
  const callbackOf = (values: readonly unknown[]): Callback | undefined =>
    values.find((value): value is Callback => typeof value === 'function');

  // Next.js and its compression write the head before the first byte; what they set is asked for at the end.
  response.writeHead = (status: number, ...values: readonly unknown[]): ServerResponse => {
    response.statusCode = status;
    const headers = values.find((value) => typeof value === 'object');
    for (const [name, value] of Object.entries((headers ?? {}) as OutgoingHttpHeaders)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    return response;
  };
  response.flushHeaders = () => undefined;
  response.write = ((...values: readonly unknown[]): boolean => {
    keep(values[0], values[1]);
    if (size > bytesMax) {
      release();
      return response.write(Buffer.concat(chunks), callbackOf(values));
    }
    const callback = callbackOf(values);
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }) as typeof response.write;
  response.end = ((...values: readonly unknown[]): ServerResponse => {
    keep(values[0], values[1]);
    release();
    const callback = callbackOf(values);
    if (callback !== undefined) response.once('finish', () => callback());
    if (size > bytesMax) return response.end(Buffer.concat(chunks));
    try {
      whole({ status: response.statusCode, headers: response.getHeaders(), body: Buffer.concat(chunks) });
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
      throw error;
    }
    return response;
  }) as typeof response.end;
}
