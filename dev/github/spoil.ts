/** Answers that aren't whole. */
import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { Mishap } from './faults.ts';

export function spoil(
  response: ServerResponse,
  mishap: Mishap,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  if (mishap.kind === 'html') {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sign in</title>');
    return;
  }
  const changed =
    mishap.kind === 'without'
      ? without(body, mishap.field)
      : mishap.kind === 'shortened'
        ? shortened(body)
        : body;
  const bytes = Buffer.from(JSON.stringify(changed ?? null));
  const half = bytes.subarray(0, bytes.length >> 1);
  const added = mishap.kind === 'headers' ? mishap.headers : {};
  const type = { 'content-type': 'application/json; charset=utf-8', ...headers, ...added };
  if (mishap.kind === 'cut') {
    response.writeHead(status, { ...type, 'content-length': bytes.length });
    response.write(half, () => response.destroy());
    return;
  }
  response.writeHead(status, type).end(mishap.kind === 'halved' ? half : bytes);
}

function without(body: unknown, field: string): unknown {
  if (Array.isArray(body)) return body.map((item) => without(item, field));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}

/** The last item of the list goes, the count stays. */
function shortened(body: unknown): unknown {
  if (Array.isArray(body)) return body.slice(0, -1);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.slice(0, -1) : (value as unknown),
    ]),
  );
}
