/** The certificates in `trust/root.yaml` by which signatures of upstream are verified. */
import { X509Certificate } from 'node:crypto';
import { compileAsWritten } from '../artifact/index.ts';
import type { ArtifactConfigurationDocument } from './document.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { PolicyError } from './policy-error.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** PEM of a snapshot that was accepted → DER. */
export function upstreamRootDer(pem: string): Uint8Array {
  const certificate = readCertificate(pem);
  if (certificate === null) throw new PolicyError('SNAPSHOT_INCONSISTENT', 'upstreamRoots');
  return new Uint8Array(certificate.raw);
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** `rule.upstream-root`: signatures are to be verified, and none could hold. */
export function checkVerifiable(
  { trustRoot }: PolicySnapshot,
  artifact: ArtifactConfigurationDocument,
): readonly Diagnostic[] {
  if ((trustRoot.value.upstreamRoots ?? []).length > 0) return [];
  const element = compileAsWritten(artifact.value).elements.find(({ verifies }) => verifies);
  if (element === undefined) return [];
  const path = element.pointer.slice(1).split('/');
  const message = 'The signature of upstream can’t be verified: the foundation trusts no upstream root.';
  const fix =
    'Add the roots of those who sign such files to upstreamRoots in trust/root.yaml, or remove `verify`.';
  return [diagnosticIn(artifact, path, 'rule.upstream-root', message, fix)];
}

/** `rule.upstream-root`: a name or certificate twice, and what is no certificate of a certification authority. */
export function checkUpstreamRoots({ trustRoot }: PolicySnapshot): readonly Diagnostic[] {
  const names = new Set<string>();
  const certificates = new Set<string>();
  return (trustRoot.value.upstreamRoots ?? []).flatMap(({ name, certificate: pem }, index) => {
    const report = (key: string, message: string, fix: string): Diagnostic =>
      diagnosticIn(trustRoot, ['upstreamRoots', index, key], 'rule.upstream-root', message, fix);
    const certificate = readCertificate(pem);
    const found: Diagnostic[] = [];
    if (names.has(name))
      found.push(report('name', `Upstream root \`${name}\` is listed twice.`, 'Give each its own name.'));
    names.add(name);
    if (certificate?.ca !== true) {
      const message = `The certificate of \`${name}\` is none of a certification authority, in PEM.`;
      found.push(
        report('certificate', message, 'Write the root’s certificate, from BEGIN to END CERTIFICATE.'),
      );
    } else if (certificates.has(certificate.fingerprint256)) {
      found.push(
        report('certificate', `The certificate of \`${name}\` is listed twice.`, 'Remove one of them.'),
      );
    }
    if (certificate !== null) certificates.add(certificate.fingerprint256);
    return found;
  });
}
