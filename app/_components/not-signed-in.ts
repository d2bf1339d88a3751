/** Whose session ended while a form was open is told so, and not that only others may. */
import { isExplained } from '../../lib/platform/http/index.ts';
import type { Actor } from '../../lib/platform/auth/index.ts';
import { BadRequest } from '../api/_edge/problem.ts';

/** What to answer to a form in place of `error`. Who is signed in and may not, is told who may. */
export function asToldTo({ kind }: Pick<Actor, 'kind'>, error: unknown): unknown {
  if (kind !== 'public' || !isExplained(error) || error.code !== 'NOT_ALLOWED') return error;
  return new BadRequest({
    code: 'NOT_SIGNED_IN',
    message: 'You are not signed in.',
    fix: 'Sign in in another tab, then send this again: what you typed is still here.',
  });
}
