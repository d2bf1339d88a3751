/** Whether the Open Source Initiative has approved a licence, for an expression as a whole. */
import { osiApproved, osiApprovedDeprecated } from '../generated/osi-licences.ts';
import type { LicenceExpression } from './read-licence.ts';

const byLowerCase: ReadonlyMap<string, string> = new Map(
  [...osiApproved, ...osiApprovedDeprecated].map(([id]) => [id.toLowerCase(), id]),
);

/** As SPDX writes the id of an approved licence; null: it isn't one. */
export const osiApprovedIdOf = (id: string): string | null => byLowerCase.get(id.toLowerCase()) ?? null;

/** One id of SPDX's list, in any case, as hosts report it. */
export const isOsiApprovedId = (id: string): boolean => osiApprovedIdOf(id) !== null;

/**
 * AND: every licence applies, so every one must be approved. OR: whoever receives the software chooses, so one approved
 * licence is enough: it can't be taken from them. An exception only grants rights, so it changes nothing. A licence that
 * isn't on SPDX's list (LicenseRef-…) counts as not approved.
 */
export function isOsiApproved(expression: LicenceExpression): boolean {
  switch (expression.kind) {
    case 'licence':
      return isOsiApprovedId(expression.id);
    case 'and':
      return isOsiApproved(expression.left) && isOsiApproved(expression.right);
    case 'or':
      return isOsiApproved(expression.left) || isOsiApproved(expression.right);
  }
}

/** The licences because of which an expression isn't approved; empty if it is. */
export function unapprovedLicences(expression: LicenceExpression): readonly string[] {
  if (isOsiApproved(expression)) return [];
  return expression.kind === 'licence'
    ? [expression.id]
    : [...new Set([...unapprovedLicences(expression.left), ...unapprovedLicences(expression.right)])];
}

/** Licences offered as an alternative to an approved one: they may be sold. */
export function unapprovedAlternatives(expression: LicenceExpression): readonly string[] {
  if (expression.kind === 'licence') return [];
  const { kind, left, right } = expression;
  const beside = kind === 'or' && isOsiApproved(expression) ? [left, right].flatMap(unapprovedLicences) : [];
  return [...new Set([...beside, ...unapprovedAlternatives(left), ...unapprovedAlternatives(right)])];
}
