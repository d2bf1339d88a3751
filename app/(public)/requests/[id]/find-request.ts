import { cache } from 'react';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseRequestId } from '#core/ids/index.ts';
import { readRequest } from '../../../../lib/requests/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { pageContext } from '../../../_components/page-context.ts';

/** The request an address names, or null; read once for the page and its title. */
export const findRequest = cache(async (id: string, pass?: string): Promise<RequestDetail | null> => {
  const number = pass === undefined ? undefined : parsePass(pass);
  if (number === null) return null;
  try {
    return await readRequest({ ctx: await pageContext(), input: { id: parseRequestId(id), pass: number } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
});

/** null: no number that a pass may have. */
export const parsePass = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);
