/** Whether the Open Source Initiative has approved a licence, for an expression as a whole. */
import { osiApproved, osiApprovedDeprecated } from '../generated/osi-licences.ts';
import type { LicenceExpression } from './read-licence.ts';

const approved: ReadonlySet<string> = new Set(
  [...osiApproved, ...osiApprovedDeprecated].map(([id]) => id.toLowerCase()),
);

/** One id of SPDX's list, in any case, as hosts report it. */
export const isOsiApprovedId = (id: string): boolean => approved.has(id.toLowerCase());

/**
 * AND: every licence has to be kept, so every one has to be approved. OR: whoever gets the software chooses, so one that is
 * approved is enough: nobody can take it from them. An exception gives rights and takes none, so it changes nothing. One that
 * isn't on SPDX's list (LicenseRef-…) is approved by nobody.
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

/** The licences for whose sake an expression isn't approved; empty where it is. */
export function unapprovedLicences(expression: LicenceExpression): readonly string[] {
  if (isOsiApproved(expression)) return [];
  return expression.kind === 'licence'
    ? [expression.id]
    : [...new Set([...unapprovedLicences(expression.left), ...unapprovedLicences(expression.right)])];
}

/** Licences on offer beside an approved one: somebody may be selling them. */
export function unapprovedAlternatives(expression: LicenceExpression): readonly string[] {
  if (expression.kind === 'licence') return [];
  const { kind, left, right } = expression;
  const beside = kind === 'or' && isOsiApproved(expression) ? [left, right].flatMap(unapprovedLicences) : [];
  return [...new Set([...beside, ...unapprovedAlternatives(left), ...unapprovedAlternatives(right)])];
}
