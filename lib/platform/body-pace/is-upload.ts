import type { IncomingMessage } from 'node:http';

const uploads = [
  // app/api/v1/artifacts/[sha256], of programs
  { method: 'PUT', path: /^\/api\/v1\/artifacts\/[^/?]+(?:\?|$)/ },
  // app/api/v1/uploads/[id], the same in parts
  { method: 'PATCH', path: /^\/api\/v1\/uploads\/[^/?]+(?:\?|$)/ },
  // app/api/projects/[slug]/upload, of people: with scripts, and as a form without
  { method: 'PUT', path: /^\/api\/projects\/[^/?]+\/upload(?:\?|$)/ },
  { method: 'POST', path: /^\/api\/projects\/[^/?]+\/upload(?:\?|$)/ },
  // app/api/samples, likewise
  { method: 'PUT', path: /^\/api\/samples(?:\?|$)/ },
  { method: 'POST', path: /^\/api\/samples(?:\?|$)/ },
];

/** Whether a request sends a file to the store. These routes refuse unauthorised callers before they read the body. */
export function isUpload({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return uploads.some((upload) => upload.method === method && upload.path.test(url));
}
