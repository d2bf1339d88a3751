/** Past requests from the portal into a file, as `countersign plan --requests` takes them. */
import { writeFile } from 'node:fs/promises';
import { parsePastRequests, PastRequestError } from '#core/policy/plan/index.ts';
import type { PastRequest } from '#core/policy/plan/index.ts';
import { bodyOf, callPortal, type Portal } from './client/index.ts';
import { CliError } from './error.ts';
import { plain } from './plain.ts';

const once = { patience: { seconds: 0 } } as const;
const answerCharactersMax = 256 * 1024 * 1024;

/** Where the next page is: only on the same portal, whatever it says. */
const nextOf = (link: string | null): string | null =>
  /^<(\/api\/v1\/past-requests\?[^>\s]{1,500})>; rel="next"$/.exec(link ?? '')?.[1] ?? null;

export async function savePastRequests(
  portal: Portal,
  limit: number,
  file: string,
): Promise<{ readonly count: number; readonly leftOut: number }> {
  const from = new URL(portal.url).origin;
  // By id: a request that goes on meanwhile comes twice, and counts as it was newest.
  const found = new Map<string, PastRequest>();
  let characters = 0;
  let leftOut = 0;
  let path: string | null = `/api/v1/past-requests?limit=${limit}`;
  try {
    for (let page = 0; path !== null && found.size < limit && page < limit; page += 1) {
      const incoming = await callPortal(portal, path, { method: 'GET', identity: 'if-there' }, once);
      const text = await bodyOf(incoming);
      characters += text.length;
      if (characters > answerCharactersMax)
        throw new CliError(
          'REFUSED',
          `${from} sent more than ${answerCharactersMax} characters: ask with a smaller --limit`,
        );
      const requests = parsePastRequests(JSON.parse(text));
      const unseen = requests.filter((request) => !found.has(request.id));
      const wanted = unseen.slice(0, limit - found.size);
      for (const pastRequest of wanted) found.set(pastRequest.id, pastRequest);
      leftOut = Number(incoming.header('x-requests-left-out') ?? 0) + unseen.length - wanted.length;
      path = nextOf(incoming.header('link'));
    }
    await writeFile(file, `${JSON.stringify([...found.values()], null, 1)}\n`).catch((error: unknown) => {
      throw new CliError('REFUSED', `${file} can’t be written: ${(error as Error).message}`, error);
    });
    return { count: found.size, leftOut };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof PastRequestError)) throw error;
    throw new CliError(
      'REFUSED',
      plain(`${from} answered something else than past requests: ${error.message}`),
      error,
    );
  }
}
