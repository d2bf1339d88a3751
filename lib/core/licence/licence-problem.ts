import { isOsiApproved, unapprovedLicences } from './osi-approval.ts';
import { readLicence } from './read-licence.ts';
import type { LicenceProblem } from './read-licence.ts';

/** Where to look up the approved licences. */
export const openSourceList = 'opensource.org/licenses';

/**
 * Why a licence expression doesn't meet the foundation's first condition; null: it does. `replaced`: whether ids that SPDX
 * has replaced are accepted (old policies contain them) or refused with a hint on what to write instead.
 */
export function licenceProblem(
  text: string,
  { replaced = 'refused' }: { readonly replaced?: 'accepted' | 'refused' } = {},
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
        ? `Only licences from ${openSourceList} are accepted.`
        : `All licences that apply together (AND), or one that users may choose (OR), have to be from ${openSourceList}.`,
  };
}
