import { fail, info } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { ComparedOrigin } from './compared.ts';
import type { ProviderRecord } from './provider.ts';
import type { BuildCertificate } from './sigstore/certificate.ts';

/**
 * Everything that a certificate claims and this policy compares with nothing, in one finding, so that nothing is passed over
 * in silence. A claim that is there twice is refused: a certificate has each extension once (RFC 5280, section 4.2).
 */
export function unjudgedFinding(
  certificate: BuildCertificate,
  { arcs, extensionNames, compared }: Pick<ProviderRecord, 'arcs' | 'extensionNames' | 'compared'>,
  policy: ComparedOrigin,
): readonly Finding[] {
  const judged = new Set(compared(policy).map((name) => String(arcs[name])));
  const others = certificate.said.filter((one) => !judged.has(one.arc));
  if (others.length === 0) return [];
  const found = others
    .map(({ arc, text }) => `${extensionNames[arc] ?? 'unknown claim'} (.${arc}): ${text}`)
    .join('; ');
  const twice = others.filter((other) => other.count > 1);
  if (twice.length === 0) {
    const message = 'The certificate says more than the policy asks about. This was not judged.';
    return [info({ rule: 'origin.claims', message, found })];
  }
  const which = twice.map(({ arc, count }) => `.${arc} (${count} times)`).join(', ');
  return [
    fail({
      rule: 'origin.claims',
      message: `The certificate makes claims more than once: ${which}. It can't be told which of them holds.`,
      expected: 'each claim once',
      found,
      fix: "Attest the file again; tell the build system's operators if its certificates stay like that.",
    }),
  ];
}
