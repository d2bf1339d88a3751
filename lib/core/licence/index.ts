/** SPDX licence expressions, and whether the Open Source Initiative has approved the licences in them. Pure. */
export { licenceCharactersMax, licencesOf, readLicence } from './read-licence.ts';
export type { LicenceExpression, LicenceProblem, ReadLicence } from './read-licence.ts';
export {
  isOsiApproved,
  isOsiApprovedId,
  osiApprovedIdOf,
  unapprovedAlternatives,
  unapprovedLicences,
} from './osi-approval.ts';
export { licenceProblem, openSourceList } from './licence-problem.ts';
export { nearLicences } from './near-licences.ts';
