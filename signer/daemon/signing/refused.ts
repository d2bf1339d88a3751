/** What ends a request in the middle of signing, and what only stops it for now. */
import { CodedError } from '#core/error/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';
import { InspectorError } from '../../inspector/index.ts';
import { asUnavailable } from '../checks/index.ts';

/** Ends the signing as the request's refusal. */
export class Refused extends CodedError<'REFUSED'> {
  static override readonly errorName = 'Refused';
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super('REFUSED', findings.map((finding) => finding.message).join(' '));
    this.findings = findings;
  }
}

/** Throws: what the files themselves don't allow is refused, since the next attempt would sign in vain, too. */
export function passesOrThrows(error: unknown): never {
  if (!(error instanceof InspectorError) || error.code !== 'INSPECTOR_NOT_REWRITABLE')
    throw asUnavailable(error);
  throw new Refused([
    fail({
      rule: 'signing.not-rewritable',
      message: `What was signed has no place in the artifact: ${error.message}`,
      expected: 'an artifact that can be put together around its signatures',
      found: error.code,
      fix: error.detail,
    }),
  ]);
}
