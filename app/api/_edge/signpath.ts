/** SignPath's connector protocol, as its public GitHub Action 2.x speaks it: what is common to its routes. */
import { z } from 'zod';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { answerQuery } from './answer.ts';
import type { Problem } from './problem.ts';

// Not strict, as everything that SignPath's clients send: a later one may say more.
const query = z.object({ 'api-version': z.string().max(20).optional() });

/** As `answer`, with problems as this protocol's clients show them: they print `error`, and nothing of RFC 9457. */
export const answerSignPath = (
  request: Request,
  work: (ctx: Context) => Promise<Response>,
): Promise<Response> => answerQuery(request, query, work, signPathMembers);

function signPathMembers({ detail, fix }: Pick<Problem, 'detail' | 'fix'>) {
  return {
    error: `${detail} ${fix}`,
    validationResult: { errors: [{ error: detail, howToFix: fix }] },
  };
}
