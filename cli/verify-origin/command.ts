/** `countersign verify-origin`: what the signer would say of where a file comes from, by the same rules, on this machine. */
import { createReadStream } from 'node:fs';
import { verifyOrigin } from '#core/origin/index.ts';
import { describeOrigin, originAsJson, type JudgedOrigin } from './describe.ts';
import { readVerifyOriginArguments } from './options.ts';
import { digestFile, readBundleFile, readTrustRoot } from './read-inputs.ts';
import { readPolicy } from './read-policy.ts';

/** → exit status: 0 built where the policy says; 1 refused. */
export async function verifyOriginCommand(
  args: readonly string[],
  out: (text: string) => void,
  now: () => Date = () => new Date(),
): Promise<0 | 1> {
  const named = readVerifyOriginArguments(args);
  const { policy, locate, buildSystem, asksHost } = await readPolicy(named.policy, named.issuer);
  const root = await readTrustRoot(named.trustRoot, buildSystem);
  const bundle = await readBundleFile(named.bundle);
  const digests = await digestFile(named.artifact);
  const at = now();
  const verdict = await verifyOrigin({
    bundle,
    digests: { sha256: digests.sha256, sha512: digests.sha512 },
    policy,
    trustRoot: root.trustRoot,
    now: at,
    locate,
    artifact: () => createReadStream(named.artifact, { highWaterMark: 1 << 20 }),
  });
  const judged: JudgedOrigin = {
    passed: verdict.ok,
    findings: verdict.findings,
    facts: verdict.facts,
    artifact: { file: named.artifact, ...digests },
    policy: { file: named.policy, provider: policy.provider, alone: buildSystem === null },
    trustRoot: root.name,
    checkedAt: at.toISOString(),
    asksHost,
  };
  out(named.json ? originAsJson(judged) : describeOrigin(judged));
  return verdict.ok ? 0 : 1;
}
