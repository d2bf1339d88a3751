import { cache } from 'react';
import { isError } from '#core/error/index.ts';
import { PolicyChangesError, showChange } from '../../../../lib/policy-changes/index.ts';
import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import { pageContext } from '../../../_components/page-context.ts';

/** The number in an address, or null where it is none. */
function parseNumber(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/** The change an address names, or null; read once for the page and its title. */
export const findChange = cache(async (text: string): Promise<ChangeDetail | null> => {
  const number = parseNumber(text);
  if (number === null) return null;
  try {
    return await showChange({ ctx: await pageContext(), input: { number } });
  } catch (error) {
    const absent =
      isError(error, PolicyChangesError) && ['UNKNOWN_CHANGE', 'NO_POLICY_HOST'].includes(error.code);
    if (absent) return null;
    throw error;
  }
});
