import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failures } from '#core/wire/finding/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { parseTrustRoot, verifyOrigin } from '#core/origin/index.ts';
import type { OriginPolicy, VerifyOriginInput } from '#core/origin/index.ts';
import { exampleRun, openBuildSystem } from './index.ts';
import type { Attestation } from './index.ts';

export const artifact = new TextEncoder().encode('the release');
export const digests = {
  sha256: createHash('sha256').update(artifact).digest('hex'),
  sha512: createHash('sha512').update(artifact).digest('hex'),
};

/** The policy that a build of exampleRun is allowed by. */
export const policy: Extract<OriginPolicy, { readonly provider: 'github' }> = {
  provider: 'github',
  issuer: exampleRun.issuer,
  repository: exampleRun.repository,
  workflow: exampleRun.workflow,
  refs: { branches: ['main'], tags: ['v*'] },
  triggers: ['push', 'release', 'workflow_dispatch'],
  runner: 'github-hosted',
  attestations: ['slsa-provenance-v1', 'slsa-provenance-v0.2'],
  visibility: 'public',
  host: null,
};

/** A build system in a folder of its own, and the check that a signer would make of its bundles. */
export async function openTestBuildSystem() {
  const dir = mkdtempSync(join(tmpdir(), 'build-system-'));
  const buildSystem = await openBuildSystem(dir);
  const trustRoot = parseTrustRoot(buildSystem.trustedRoot());
  const attest = (changes: Partial<Attestation> = {}): Promise<JsonValue> =>
    buildSystem.attest({
      subjects: [{ name: 'widget.tgz', digest: { sha256: digests.sha256 } }],
      ...changes,
    });
  const verify = (bundle: unknown, changes: Partial<VerifyOriginInput> = {}) =>
    verifyOrigin({ bundle, digests, policy, trustRoot, now: new Date(), ...changes });
  const failedRules = async (bundle: unknown, changes: Partial<VerifyOriginInput> = {}) =>
    failures((await verify(bundle, changes)).findings).map((failure) => failure.rule);
  const remove = () => rmSync(dir, { recursive: true, force: true });
  return { dir, buildSystem, attest, verify, failedRules, remove };
}

/** JSON with the value at a path replaced by what `change` makes of it; undefined removes it. */
export function edited(
  json: JsonValue,
  path: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  const copy = structuredClone(json) as unknown;
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const changed = change(at[last]);
  if (changed === undefined) Reflect.deleteProperty(at, last);
  else at[last] = changed;
  return copy;
}
