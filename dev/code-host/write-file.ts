/** What a person does on the host itself: PUT /repos/{owner}/{repo}/contents/{path}, which commits a file to the default branch. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Answered } from './routes.ts';
import type { CodeHostState } from './state.ts';
import { sha1 } from './wire.ts';

const bodyBytesMax = 1024 ** 2;
const bodySchema = z.object({ message: z.string().min(1), content: z.base64() });

/** JSON, or null for what is none or too long. */
export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

/** Only for who may write there; to everybody else there is no such address, as on GitHub. */
export function writeFile(
  state: CodeHostState,
  pathname: string,
  account: number | null,
  body: unknown,
): Answered {
  const [, owner, name, path] = /^\/repos\/([^/]+)\/([^/]+)\/contents\/(.+)$/.exec(pathname) ?? [];
  const repository = path === undefined ? null : state.byName(`${owner}/${name}`);
  if (path === undefined || repository === null || account === null || !repository.permissions.has(account))
    return { status: 404, body: { message: 'Not Found' } };
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { status: 422, body: { message: 'Invalid request.' } };
  const text = Buffer.from(parsed.data.content, 'base64').toString('utf8');
  const isNew = !repository.files.has(path);
  repository.files.set(decodeURIComponent(path), text);
  return {
    status: isNew ? 201 : 200,
    body: { content: { path, sha: sha1(text) }, commit: { sha: sha1(`${path}\0${text}`) } },
  };
}
