import { cache } from 'react';
import { isError } from '../../../../lib/core/error-class/index.ts';
import { IdentifierError, parseRequestId } from '../../../../lib/core/ids/index.ts';
import { readRequest } from '../../../../lib/requests/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { pageContext } from '../../../_components/page-context.ts';

/** The request an address names, or null; read once for the page and its title. */
export const findRequest = cache(async (id: string): Promise<RequestDetail | null> => {
  try {
    return await readRequest({ ctx: await pageContext(), input: { id: parseRequestId(id) } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
});
