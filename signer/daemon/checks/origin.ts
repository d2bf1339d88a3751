/** Step "origin": was exactly this file built from the public source that the policy names? */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fail, info, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import {
  bundleLimits,
  providerMismatch,
  verifyOrigin,
  type OriginFacts,
  type VerifiedOrigin,
} from '#core/origin/index.ts';
import { notEnforced, notEnforcedFix, type EffectivePolicy, type NotEnforced } from '#core/policy/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import type { ArtifactStore } from '../../ground/store/index.ts';
import type { SigstoreRoots, UsedRoot } from '../../rulings/sigstore-roots/index.ts';
import type { ReceivedArtifact } from './received.ts';

interface OriginInput {
  readonly store: ArtifactStore;
  readonly request: ClaimedRequest;
  readonly received: ReceivedArtifact;
  readonly effective: EffectivePolicy;
  readonly trustRoots: Pick<SigstoreRoots, 'of'>;
  /** The request's private folder. */
  readonly directory: string;
  readonly now: Date;
}

/** The value is null only where the policy names no origin, which the schema allows for purpose `test` alone. */
export async function checkOrigin(
  input: OriginInput,
): Promise<Checked<VerifiedOrigin | null> & { readonly facts?: OriginFacts }> {
  const { effective, received } = input;
  const { origin, originPolicy, buildSystem } = effective;
  if (origin === null || originPolicy === null || buildSystem === null) {
    const message =
      'The policy names no origin: nothing is known about where the file comes from, and only a test certificate may sign it.';
    return {
      ok: true,
      value: null,
      findings: [info({ rule: 'origin.none', message, policy: effective.locate(['purpose']) })],
    };
  }
  const unenforceable = notEnforced(effective.policy, buildSystem);
  if (unenforceable.length > 0) {
    return { ok: false, findings: unenforceable.map((rule) => cannotEnforce(rule, effective)) };
  }
  const mismatch = providerMismatch(origin, buildSystem);
  if (mismatch !== null) {
    const policy = effective.locateOrigin(['provider']);
    return { ok: false, findings: [fail({ rule: 'origin.provider', ...mismatch, policy })] };
  }
  const { trustRoot, checked } = await input.trustRoots.of(buildSystem);
  const bundle = await readBundle(input);
  if (!bundle.ok) return bundle;
  const { sha256, sha512 } = received.digests;
  if (sha512 === null) throw new TypeError('a request with an attestation whose SHA-512 nobody computed');
  const verdict = await verifyOrigin({
    bundle: bundle.value,
    digests: { sha256, sha512 },
    policy: originPolicy,
    trustRoot,
    now: input.now,
    locate: (at) => effective.locateOrigin(at),
    artifact: () => createReadStream(received.file, { highWaterMark: 1 << 20 }),
  });
  if (checked === null) return verdict;
  return { ...verdict, findings: [confirmed(checked, effective), ...verdict.findings] };
}

/** Which trust root a build was judged by: one that is kept current isn't the same from day to day. */
function confirmed(
  { at, sha256, mirror }: NonNullable<UsedRoot['checked']>,
  effective: EffectivePolicy,
): Finding {
  return pass({
    rule: 'origin.trust-root',
    message: `The build system’s trust root is the one that ${mirror} had at ${at.toISOString()}.`,
    found: `sha256:${sha256}`,
    policy: effective.locateOrigin(['buildSystem']),
  });
}

/** The validator refuses such policies; a snapshot accepted by an earlier version may still contain one. */
function cannotEnforce({ path: at, what }: NotEnforced, effective: EffectivePolicy): Finding {
  return fail({
    rule: 'origin.not-enforced',
    message: `The policy asks for something that only the code host can tell, and the build system names no API of one: ${what}.`,
    policy: effective.locate(at),
    fix: notEnforcedFix,
  });
}

async function readBundle(input: OriginInput): Promise<Checked<unknown>> {
  const { request, store, directory, effective } = input;
  const policy = effective.locate(['origin']);
  const refuse = (rule: string, message: string, fix: string): Checked<unknown> => ({
    ok: false,
    findings: [fail({ rule, message, expected: 'a Sigstore bundle', policy, fix }) satisfies Finding],
  });
  const howTo = 'Attest the artifact in the workflow that builds it and submit the bundle with it.';
  if (request.bundleSha256 === null) {
    return refuse('origin.bundle', 'No attestation was submitted with the artifact.', howTo);
  }
  const file = path.join(directory, 'bundle.json');
  const stored = await store.fetch(request.bundleSha256, file, bundleLimits.charactersMax);
  if (stored === null) return refuse('origin.bundle', 'The attestation is not in the store.', howTo);
  if (stored === 'too-large') {
    return refuse(
      'origin.bundle',
      `The attestation is too large: at most ${bundleLimits.charactersMax} bytes are read.`,
      howTo,
    );
  }
  if (stored.sha256 !== request.bundleSha256) {
    return refuse(
      'origin.bundle',
      'The attestation in the store is not the one that was submitted.',
      'Submit the request again.',
    );
  }
  try {
    return { ok: true, value: JSON.parse(await readFile(file, 'utf8')) as unknown, findings: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse('origin.bundle', `The attestation is not JSON: ${error.message}.`, howTo);
  }
}
