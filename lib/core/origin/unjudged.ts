import { fail, info } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { BuildCertificate } from './certificate.ts';
import { arcOf } from './claims.ts';
import type { ClaimName } from './claims.ts';
import type { OriginPolicy } from './policy.ts';

/** Compared with every policy. */
const always: readonly Exclude<ClaimName, 'san'>[] = [
  'issuer',
  'signerUri',
  'signerDigest',
  'runner',
  'repositoryUri',
  'commit',
  'ref',
  'repositoryId',
  'ownerId',
  'buildConfigUri',
  'buildConfigDigest',
  'trigger',
  'runUri',
];

/** What people call the claims that a policy may leave unjudged (Fulcio's list of extensions). */
const names: Readonly<Record<string, string>> = {
  1: 'issuer, old form',
  2: 'trigger, old form',
  3: 'commit, old form',
  4: 'name of the workflow, old form',
  5: 'name of the repository, old form',
  6: 'ref, old form',
  7: 'user name',
  16: 'address of the owner',
  22: 'visibility of the repository',
  23: 'deployment environment',
  24: 'subject of the token',
};

/**
 * Everything that a certificate claims and this policy compares with nothing, in one finding, so that nothing is passed over
 * in silence. A claim that is there twice is refused: a certificate has each extension once (RFC 5280, section 4.2).
 */
export function unjudgedFinding(certificate: BuildCertificate, policy: OriginPolicy): readonly Finding[] {
  const judged = new Set(always.map((name) => String(arcOf(name))));
  if (policy.visibility === 'public') judged.add(String(arcOf('visibility')));
  if (policy.environment !== undefined) judged.add(String(arcOf('environment')));
  const others = certificate.said.filter((one) => !judged.has(one.arc));
  if (others.length === 0) return [];
  const found = others
    .map(({ arc, text }) => `${names[arc] ?? 'unknown claim'} (.${arc}): ${text}`)
    .join('; ');
  const twice = others.filter((one) => one.count > 1);
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
