import type { KnownRevocation } from './standing/index.ts';
import type { PublishedCertificate } from './list.ts';

export const now = new Date('2026-11-27T12:00:00Z');
export const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

/** A release certificate of 455 days that runs out that many days from `now`. */
export function certificate(
  serial: string,
  project: string | null,
  days: number,
  more: Partial<PublishedCertificate> = {},
): PublishedCertificate {
  return {
    file: `${serial}.pem`,
    purpose: 'release',
    project,
    name: 'release',
    subject: `CN=${project ?? ''}`,
    serial,
    sha256: 'a'.repeat(64),
    validFrom: inDays(days - 455),
    validTo: inDays(days),
    usedFrom: null,
    sharesKeyWith: [],
    anchorFile: 'root.pem',
    revocation: null,
    hasNotice: false,
    own: null,
    publisher: 'foundation',
    issuer: 'CN=Issuing CA',
    ...more,
  };
}

export const revocation = (serial: string, more: Partial<KnownRevocation> = {}): KnownRevocation => ({
  serial,
  project: 'ant',
  certificate: 'release',
  reason: 'privilegeWithdrawn',
  effectiveAt: now,
  learnedAt: now,
  ...more,
});
