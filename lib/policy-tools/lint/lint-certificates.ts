import type { ProjectSnapshot, SigningPolicyDocument } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/** A certificate of the signer's registry. */
export interface KnownCertificate {
  readonly project: string;
  /** The name that policies use. */
  readonly name: string;
  readonly purpose: 'release' | 'test';
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const warnDays = 30;
const day = 86_400_000;

/** Whether each policy's certificate exists, serves its purpose, and is valid now and for a while. */
export function lintCertificate(
  { slug }: ProjectSnapshot,
  policy: SigningPolicyDocument,
  certificates: readonly KnownCertificate[],
  now: Date,
): readonly LintFinding[] {
  const { certificate: name, purpose } = policy.value;
  const where = policy.locate(['certificate']);
  const own = certificates.filter(
    (certificate) =>
      certificate.project === slug && certificate.name === name && certificate.purpose === purpose,
  );
  const [first] = own;
  if (first === undefined) {
    const message = `The signer has no ${purpose} certificate \`${name}\` for this project.`;
    const fix = 'Ask the foundation to issue it, or correct the name.';
    return [lintFinding(where, 'lint.certificate-missing', message, fix)];
  }
  const valid = own.filter((certificate) => certificate.notBefore <= now && now <= certificate.notAfter);
  const last = (all: readonly KnownCertificate[]): Date =>
    new Date(Math.max(...all.map((certificate) => certificate.notAfter.getTime())));
  if (valid.length === 0) {
    const future = own.some((certificate) => certificate.notBefore > now);
    const message = future
      ? `The certificate \`${name}\` is not valid yet.`
      : `The certificate \`${name}\` expired on ${date(last(own))}.`;
    const fix = future ? 'Wait until it is, or ask for another.' : 'Ask the foundation to issue a new one.';
    return [lintFinding(where, 'lint.certificate-expired', message, fix)];
  }
  const end = last(own);
  if (end.getTime() - now.getTime() > warnDays * day) return [];
  const message = `The certificate \`${name}\` expires on ${date(end)}.`;
  return [lintFinding(where, 'lint.certificate-expiring', message, 'Ask the foundation to issue a new one.')];
}

const date = (at: Date): string => at.toISOString().slice(0, 10);
