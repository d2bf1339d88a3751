import { isOsiApproved, unapprovedLicences } from './osi-approval.ts';
import { readLicence } from './read-licence.ts';
import type { LicenceProblem } from './read-licence.ts';

/** Where people look up what is approved. */
export const openSourceList = 'opensource.org/licenses';

/**
 * What stands between a licence expression and the foundation's first condition; null: nothing. `replaced`: whether ids that
 * SPDX has replaced are taken (a policy of years ago has them) or whoever types one is asked what they mean.
 */
export function licenceProblem(
  text: string,
  { replaced = 'refused' }: { readonly replaced?: 'taken' | 'refused' } = {},
): LicenceProblem | null {
  const read = readLicence(text);
  if (!read.ok) return read.problem;
  const [old] = read.replaced;
  if (replaced === 'refused' && old !== undefined) {
    return {
      message: `SPDX has replaced “${old.id}”.`,
      fix:
        old.instead.length === 0
          ? `See spdx.org/licenses/${old.id}.html.`
          : `Write ${old.instead.join(' or ')}${old.instead.length > 1 ? ', whichever the project’s files say' : ''}.`,
    };
  }
  if (isOsiApproved(read.expression)) return null;
  const unapproved = unapprovedLicences(read.expression);
  return {
    message: `The Open Source Initiative hasn’t approved ${unapproved.join(', ')}.`,
    fix:
      read.expression.kind === 'licence'
        ? `Only licences from ${openSourceList} are taken.`
        : `All licences that apply together (AND), or one that users may choose (OR), have to be from ${openSourceList}.`,
  };
}
