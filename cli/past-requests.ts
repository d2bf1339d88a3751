/** Past requests from the portal into a file, as `countersign plan --requests` takes them. */
import { writeFile } from 'node:fs/promises';
import { parsePastRequests, PastRequestError } from '../lib/core/policy-plan/index.ts';
import { CliError } from './error.ts';
import { bodyOf, call, type Portal } from './http.ts';
import { plain } from './plain.ts';

const answerCharactersMax = 256 * 1024 * 1024;

export async function savePastRequests(
  portal: Portal,
  limit: number,
  file: string,
): Promise<{ readonly count: number; readonly leftOut: number }> {
  const response = await call(portal, `/api/v1/past-requests?limit=${limit}`);
  const text = await bodyOf(response);
  const from = new URL(portal.url).origin;
  if (text.length > answerCharactersMax)
    throw new CliError(
      'REFUSED',
      `${from} sent more than ${answerCharactersMax} characters: ask with a smaller --limit`,
    );
  try {
    const requests = parsePastRequests(JSON.parse(text));
    await writeFile(file, `${JSON.stringify(requests, null, 1)}\n`).catch((error: unknown) => {
      throw new CliError('REFUSED', `${file} can’t be written: ${(error as Error).message}`, error);
    });
    return { count: requests.length, leftOut: Number(response.headers.get('x-requests-left-out') ?? 0) };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof PastRequestError)) throw error;
    throw new CliError(
      'REFUSED',
      plain(`${from} answered something else than past requests: ${error.message}`),
      error,
    );
  }
}
