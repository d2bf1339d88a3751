/** Step "policy": which rules hold for this request, and may the named certificate be used under them? */
import type { X509Certificate } from 'node:crypto';
import type { KeyUse } from '#core/formats/format.ts';
import { failures, fail, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import { effectivePolicy, type EffectivePolicy, type PolicySnapshot } from '#core/policy/index.ts';
import {
  blockingRevocation,
  type KnownRevocation,
  type Revocations,
} from '../../rulings/revocations/index.ts';
import { begunWith, isAnnouncedFor, isInUse, newestOf, type SigningKey } from '../../rulings/trust/index.ts';
import { checkKeyTypes } from './key-types.ts';
import { chooseOwnKeys, type OwnKeys } from './own-keys.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { checkParameters } from './parameters.ts';

declare class Governed {
  readonly #proof: true;
}
/** Proof that these rules hold for a request, and that this certificate may be used under them. */
export interface GoverningPolicy extends Governed {
  readonly effective: EffectivePolicy;
  /** The artifact configuration of `effective` with the values of the request filled in: what the artifact is held against. */
  readonly configuration: ArtifactConfiguration;
  /** That of the policy's certificate. */
  readonly key: SigningKey;
  /** Those of the project's own that the artifact configuration signs with. */
  readonly ownKeys: OwnKeys;
}

/** The key that makes signatures of this kind. Throws where the configuration asks for none: nothing of it was checked. */
export function keyFor({ key, ownKeys }: GoverningPolicy, use: KeyUse): SigningKey {
  const found = use === 'certificate' ? key : ownKeys[use];
  if (found === undefined) throw new Error(`no key for ${use} was chosen with the policy`);
  return found;
}

interface PolicyCheckInput {
  readonly snapshot: PolicySnapshot;
  readonly request: ClaimedRequest;
  readonly keys: readonly SigningKey[];
  readonly revocations: Revocations;
  /** Labels of the keys that signatures of this request were claimed by in earlier passes. */
  readonly claimedBy: ReadonlySet<string>;
  readonly now: Date;
}

export function checkPolicy(input: PolicyCheckInput): Checked<GoverningPolicy> {
  const { snapshot, request } = input;
  const found = effectivePolicy(snapshot, request.project, request.policy);
  if (!found.ok) return found;
  const effective = found.value;
  const findings: Finding[] = [
    pass({
      rule: 'policy.snapshot',
      message: `The policy ${request.project}/${request.policy} holds as of commit ${snapshot.commit.slice(0, 12)}, which the policy maintainers signed.`,
      found: snapshot.commit,
      policy: effective.locate([]),
    }),
    ...found.findings,
  ];
  const filled = checkParameters(effective, request.parameters);
  findings.push(...filled.findings);
  const chosen = chooseKey(input, effective);
  findings.push(...chosen.findings);
  if (chosen.key !== null)
    findings.push(
      ...checkKeyTypes(effective, 'certificate', effective.policy.certificate, chosen.key.certificate),
    );
  const own = chooseOwnKeys(input, effective);
  findings.push(...own.findings);
  if (!filled.ok || failures(findings).length > 0 || chosen.key === null) return { ok: false, findings };
  const value = {
    effective,
    configuration: filled.value,
    key: chosen.key,
    ownKeys: own.keys,
  } as unknown as GoverningPolicy;
  return { ok: true, value, findings };
}

function chooseKey(
  { request, keys, revocations, claimedBy, now }: PolicyCheckInput,
  effective: EffectivePolicy,
): { key: SigningKey | null; findings: Finding[] } {
  const { certificate: name, purpose } = effective.policy;
  const { program } = effective.project;
  const isOwn = effective.policy.publisher === 'project';
  const expected = isOwn
    ? `a valid certificate that names ${request.project} itself, imported for the program ${program}`
    : `a valid ${purpose} certificate of ${request.project}, issued for the program ${program}`;
  const policy = effective.locate(['certificate']);
  const named = keys.filter(
    (candidate) => candidate.entry.project === request.project && candidate.entry.name === name,
  );
  const revocationOf = (candidate: SigningKey): KnownRevocation | null =>
    blockingRevocation(candidate, keys, revocations);
  const isIssuedFor = ({ entry }: SigningKey): boolean =>
    entry.purpose === purpose &&
    entry.program === program &&
    // Neither may replace the other: the policy decides whose name a signature shows.
    (entry.holder !== undefined) === isOwn;
  const usable = named.filter(
    (candidate) => isIssuedFor(candidate) && isInUse(candidate, now) && revocationOf(candidate) === null,
  );
  const key = newestOf(begunWith(usable, claimedBy));
  if (key !== null) {
    return {
      key,
      findings: [
        pass({
          rule: 'policy.certificate',
          message: isOwn
            ? `Signed with the project’s own certificate “${name}”; publisher: ${subjectOf(key.certificate)}; not issued by the foundation. It serves the program ${program} and is valid until ${day(key.certificate.validToDate)}.`
            : `The certificate “${name}” is the project’s, was issued for its program ${program}, serves the purpose ${purpose} and is valid until ${day(key.certificate.validToDate)}.`,
          expected,
          found: `serial ${key.certificate.serialNumber}`,
          policy,
        }),
      ],
    };
  }
  const found =
    named.length === 0
      ? 'the signer holds no certificate of that name for the project'
      : named
          .map((candidate) =>
            [
              `${candidate.entry.holder === undefined ? '' : 'the project’s own, '}${candidate.entry.purpose}, for the program ${candidate.entry.program ?? '(none recorded)'}, valid ${day(candidate.certificate.validFromDate)} to ${day(candidate.certificate.validToDate)}`,
              ...describeRevocation(revocationOf(candidate)),
              ...describeAnnouncement(candidate, now),
            ].join(', '),
          )
          .join('; ');
  // Nothing else is the matter with it.
  const last = newestOf(
    named.filter((candidate) => isIssuedFor(candidate) && revocationOf(candidate) === null),
  );
  const ended = last !== null && last.certificate.validToDate < now ? last.certificate.validToDate : null;
  return {
    key: null,
    findings: [
      fail({
        rule: 'policy.certificate',
        message: `The policy’s certificate “${name}” can’t be used${ended === null ? '' : `: it ended at ${ended.toISOString()}`}.`,
        expected,
        found,
        policy,
        fix: named.some((candidate) => revocationOf(candidate) !== null)
          ? 'Read why it was revoked on the project’s page; the foundation says whether the project gets a new one.'
          : ended !== null
            ? `The foundation ${isOwn ? 'imports its successor (npm run ceremony -- import)' : 'issues its successor on the signer’s machine (npm run issue)'}, which the running signer takes by itself; then submit again.`
            : named.some((candidate) => (candidate.entry.holder !== undefined) !== isOwn)
              ? 'The policy’s `publisher` says whose name the certificate carries, and this one carries another: correct the policy, or name another certificate.'
              : isOwn
                ? 'Certificates in the project’s name come from its own authority, for a request that the foundation makes in a key ceremony; the foundation imports them (npm run ceremony -- import).'
                : named.some((candidate) => candidate.entry.program !== program)
                  ? 'A certificate that was issued for another program, or before programs were recorded, signs nothing for this one. The foundation issues a new one on the signer’s machine: npm run issue.'
                  : 'Name a certificate that the foundation issued for this project and purpose, or ask the foundation to issue one.',
      }),
    ],
  };
}

function describeRevocation(revocation: KnownRevocation | null): readonly string[] {
  if (revocation === null) return [];
  const { serial, effectiveAt, reason } = revocation;
  return [`revoked as of ${effectiveAt.toISOString()} (${reason}, revocations/${serial}.yaml)`];
}

function describeAnnouncement({ entry }: SigningKey, at: Date): readonly string[] {
  return isAnnouncedFor(entry, at) ? [] : [`announced, and not used before ${entry.notUsedBefore ?? ''}`];
}

/** One line, the most specific name first. */
function subjectOf(certificate: X509Certificate): string {
  return certificate.subject.split('\n').reverse().join(', ');
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
