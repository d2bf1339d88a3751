import { Asn1Error } from '../pki/asn1/index.ts';
import { fail, failures, pass } from '../wire/finding/index.ts';
import type { Checked, Finding } from '../wire/finding/index.ts';
import type { OriginFacts as RecordedFacts } from '../wire/journal/index.ts';
import type { Sha256Hex } from '../ids/index.ts';
import { judgeAge } from './age.ts';
import { claimNamesOf, readClaims } from './claims.ts';
import type { BuildClaims, CertificateClaims } from './claims.ts';
import type { LocateInOrigin } from './compared.ts';
import { judgeBuild } from './judge-build.ts';
import type { ProviderRecord } from './provider.ts';
import { providers } from './registry.ts';
import type { OriginPolicy } from './registry.ts';
import { readBundle } from './sigstore/bundle.ts';
import type { BuildBundle } from './sigstore/bundle.ts';
import { readBuildCertificate } from './sigstore/certificate.ts';
import type { BuildCertificate } from './sigstore/certificate.ts';
import { checkSignature } from './sigstore/signature.ts';
import type { ArtifactBytes, SignatureCheck } from './sigstore/signature.ts';
import type { TrustRoot } from './sigstore/trust-root.ts';
import { attestationKind, judgeStatement, readStatement } from './statement.ts';
import type { SignedStatement } from './statement.ts';
import { matchSubject } from './subject.ts';
import type { ArtifactDigests } from './subject.ts';
import { unjudgedFinding } from './unjudged.ts';

declare class Verified {
  readonly #proof: true;
}

/** Proof of where a file comes from; made only by verifyOrigin. */
export interface VerifiedOrigin extends Verified {
  readonly claims: BuildClaims;
  /** When a trusted log or timestamp authority first saw the attestation. */
  readonly integratedAt: Date;
  readonly logIndex: string | null;
  readonly bundleSha256: Sha256Hex;
  readonly digests: ArtifactDigests;
}

/** What was verified about a build whether or not the policy lets it pass; null where nothing was. Plain JSON. */
export type OriginFacts = RecordedFacts | null;

export interface VerifyOriginInput {
  /** Sigstore bundle as parsed JSON, from anybody. */
  readonly bundle: unknown;
  /** Digests of the file as computed from the bytes that will be signed. */
  readonly digests: ArtifactDigests;
  readonly policy: OriginPolicy;
  readonly trustRoot: TrustRoot;
  /** The time of the check, for policies that limit a build's age. */
  readonly now: Date;
  /** Where a value of the policy's `origin` stands in its file. */
  readonly locate?: LocateInOrigin;
  /** Needed only for bundles that sign the file itself instead of a statement about it. */
  readonly artifact?: ArtifactBytes;
}

/**
 * Whether a file was built where its policy says: bundle, certificate, signature, digest, then every claim.
 * A bundle that can't be read at all ends early; otherwise every rule is judged and reported, those about the
 * certificate's claims too where the signature is wrong: they help to see what was submitted, and can't help it.
 */
export async function verifyOrigin(
  input: VerifyOriginInput,
): Promise<Checked<VerifiedOrigin> & { readonly facts: OriginFacts }> {
  const read = readBundle(input.bundle);
  if (!read.ok)
    return { ok: false, findings: [unreadable('origin.bundle', 'bundle', read.problem)], facts: null };
  const bundle = read.value;
  const certificate = tryCertificate(bundle);
  if (typeof certificate === 'string') {
    const findings = [unreadable('origin.certificate', 'certificate', certificate)];
    return { ok: false, findings, facts: null };
  }
  const signature = await checkSignature(bundle, input.trustRoot, input.artifact);
  const provider = providers[input.policy.provider];
  const claims = readClaims(certificate, provider.arcs);
  const locate = input.locate ?? (() => null);
  const statement = readStatement(bundle.bundle);
  const digest = digestFinding(bundle, statement, input.digests);
  const findings: readonly Finding[] = [
    pass({ rule: 'origin.bundle', message: 'The attestation is a Sigstore bundle.', found: bundle.sha256 }),
    purposeFinding(certificate, provider),
    signatureFinding(signature),
    judgeStatement(statement, input.policy.attestations, { locate, attest: provider.words.attest }),
    digest,
    ...judgeBuild(provider, { claims, policy: input.policy, locate }),
    ...unjudgedFinding(certificate, provider, input.policy),
    ...(signature.ok ? judgeAge(signature.times, input.policy.maximumAgeHours, input.now, locate) : []),
  ];
  // Claims count only where they are signed, and about this very file.
  const facts =
    signature.ok && digest.outcome === 'pass'
      ? factsOf(provider, claims, statement, signature.times.earliest)
      : null;
  if (!signature.ok || failures(findings).length > 0) return { ok: false, findings, facts };
  const value = {
    claims: provider.certified(claims, input.policy),
    integratedAt: signature.times.earliest,
    logIndex: signature.logIndex,
    bundleSha256: bundle.sha256,
    digests: { sha256: input.digests.sha256, sha512: input.digests.sha512 },
  } as unknown as VerifiedOrigin;
  return { ok: true, value, findings, facts };
}

function factsOf(
  { arcs }: ProviderRecord,
  claims: CertificateClaims,
  statement: SignedStatement,
  signedAt: Date,
): OriginFacts {
  const said = claimNamesOf(arcs).flatMap((name) => {
    const claim = claims[name];
    return claim?.ok === true ? [[name, claim.value] as const] : [];
  });
  return {
    claims: Object.fromEntries(said),
    attestation: attestationKind(statement) ?? 'other',
    integratedAt: signedAt.toISOString(),
  };
}

function tryCertificate(bundle: BuildBundle): BuildCertificate | string {
  try {
    return readBuildCertificate(bundle.certificate);
  } catch (error) {
    if (error instanceof Asn1Error) return error.message;
    throw error;
  }
}

function unreadable(rule: string, what: string, problem: string): Finding {
  const message = `The attestation's ${what} can't be read: ${problem}.`;
  const fix = "Submit the unchanged bundle that the build's attestation step wrote.";
  return fail({ rule, message, fix });
}

function purposeFinding(certificate: BuildCertificate, { words }: ProviderRecord): Finding {
  const rule = 'origin.certificate';
  const expected = 'a certificate for code signing';
  if (certificate.forCodeSigning) {
    return pass({ rule, message: "The build's certificate is for code signing.", expected });
  }
  const message = "The build's certificate is not for code signing.";
  return fail({ rule, message, expected, fix: words.sign });
}

function signatureFinding(signature: SignatureCheck): Finding {
  const rule = 'origin.signature';
  const expected = 'a signature, certificate and log entry by the trusted build system';
  if (signature.ok) {
    const message = `The signature, its certificate and its time ${signature.times.earliest.toISOString()} are verified.`;
    const found = signature.logIndex === null ? null : `log entry ${signature.logIndex}`;
    return pass({ rule, message, expected, found });
  }
  const message = `The attestation's signature doesn't verify: ${signature.problem}.`;
  const fix =
    "Submit the unchanged bundle of a build on the build system that the policy's trust root names.";
  return fail({ rule, message, expected, fix });
}

function digestFinding(bundle: BuildBundle, statement: SignedStatement, digests: ArtifactDigests): Finding {
  const rule = 'origin.digest';
  const match = matchSubject(bundle.bundle, statement, digests);
  if (match.ok) {
    const expected = `${match.algorithm}:${digests[match.algorithm]}`;
    const message = `The attestation is about exactly this file (${match.algorithm}).`;
    return pass({ rule, message, expected, found: expected });
  }
  const message = `The attestation is not about this file: ${match.problem}.`;
  const fix = 'Submit the very file that the build attested; any change to it afterwards gives other bytes.';
  return fail({ rule, message, expected: `sha256:${digests.sha256}`, found: match.found, fix });
}
