/** Checks that a certificate to be signed follows the rules of its profile, read from its own octets. */
import { Asn1Error } from '../../asn1/index.ts';
import type { CertificateKind } from '../profiles.ts';
import { readTbs } from './read-tbs.ts';
import { rules } from './rules.ts';

export interface LintResult {
  readonly rule: string;
  /** Where the rule comes from. */
  readonly requirement: string;
  /** What breaks it; null: nothing. */
  readonly broken: string | null;
}

/**
 * DER TBSCertificate → the result of each rule for its kind. `issuer`: DER certificate of the CA that is to sign, null if
 * the certificate is self-signed. Never throws because of the octets: if they aren't a TBSCertificate, one result says so.
 */
export function lintTbsCertificate(
  tbs: Uint8Array,
  about: { readonly kind: CertificateKind; readonly issuer: Uint8Array | null },
): readonly LintResult[] {
  try {
    const view = readTbs(tbs);
    return rules
      .filter((rule) => rule.kinds === undefined || rule.kinds.includes(about.kind))
      .map(({ name, requirement, check }) => ({
        rule: name,
        requirement,
        broken: judge(() => check(view, about)),
      }));
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error;
    return [{ rule: 'well-formed', requirement: 'RFC 5280 §4.1', broken: error.message }];
  }
}

/** What can't be read, by us or by OpenSSL, counts as broken. */
function judge(check: () => string | null): string | null {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
