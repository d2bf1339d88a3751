/** Signers whom a configuration names. */
import { createHash } from 'node:crypto';
import { Asn1Error } from '../../pki/asn1/index.ts';
import { readSubject, type CertificateSubject } from '../../pki/certificate-path/index.ts';
import type { UpstreamSignerPin } from '../upstream-trust.ts';

/** Whether all that is given is what the certificate says. `certificate`: DER, whose chain holds. */
export function isPinned(certificate: Uint8Array, pin: UpstreamSignerPin): boolean {
  const subject = subjectOf(certificate);
  const digest = createHash('sha256').update(certificate).digest('hex');
  const holds: readonly (readonly [string | undefined, string | null])[] = [
    [pin.commonName, subject.commonName],
    [pin.organization, subject.organization],
    [pin.certificateSha256, digest],
  ];
  const given = holds.filter(([wanted]) => wanted !== undefined);
  return given.length > 0 && given.every(([wanted, found]) => wanted === found);
}

function subjectOf(certificate: Uint8Array): CertificateSubject {
  try {
    return readSubject(certificate);
  } catch (error) {
    if (error instanceof Asn1Error) return { commonName: null, organization: null };
    throw error;
  }
}

/** `“Microsoft Windows” of “Microsoft Corporation”`. */
export function describePin({ commonName, organization, certificateSha256 }: UpstreamSignerPin): string {
  const name = commonName === undefined ? '' : `“${commonName}”`;
  const of = organization === undefined ? '' : name === '' ? `“${organization}”` : ` of “${organization}”`;
  if (certificateSha256 === undefined) return name + of;
  const by = `the certificate ${certificateSha256}`;
  return name + of === '' ? by : `${name}${of} with ${by}`;
}
