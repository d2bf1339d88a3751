/** Past requests from the portal into a file, as `countersign plan --requests` takes them. */
import { writeFile } from 'node:fs/promises';
import { parsePastRequests, PastRequestError } from '../lib/core/policy-plan/index.ts';
import { CliError } from './error.ts';
import type { Portal } from './portal.ts';

const answerBytesMax = 256 * 1024 * 1024;

export async function savePastRequests(
  portal: Portal,
  limit: number,
  file: string,
): Promise<{ readonly count: number; readonly leftOut: number }> {
  if (!Number.isInteger(limit) || limit < 1) throw new CliError('USAGE', '--limit takes a whole number');
  const url = new URL(`/api/v1/past-requests?limit=${limit}`, portal.url);
  const response = await fetch(url).catch((error: unknown) => {
    throw new CliError('UNREACHABLE', `${url.href} can’t be reached: ${(error as Error).message}`, error);
  });
  const text = await response.text();
  if (!response.ok || text.length > answerBytesMax) {
    throw new CliError('REFUSED', `${url.href} answered ${response.status}: ${text.slice(0, 300)}`);
  }
  try {
    const requests = parsePastRequests(JSON.parse(text));
    await writeFile(file, `${JSON.stringify(requests, null, 1)}\n`);
    return { count: requests.length, leftOut: Number(response.headers.get('x-requests-left-out') ?? 0) };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof PastRequestError)) throw error;
    throw new CliError(
      'REFUSED',
      `${url.href} answered something else than past requests: ${error.message}`,
      error,
    );
  }
}
