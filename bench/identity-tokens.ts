/** What it costs the portal to find out which build asks: verification of an identity token with keys that are there, and its rules. */
import { loadSnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { judgeToken } from '#core/origin/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { startTokenService, tokenIssuer } from '../dev/github/index.ts';
import { openBuildKeys, verifyBuildToken } from '../lib/platform/build-token/index.ts';

const rounds = 2_000;
const audience = 'https://sign.example';
const file = 'projects/esbuild-demo/policies/release-signing.yaml';

const files = seedWithKeys();
files.set(
  file,
  encode(decode(files.get(file)).replace('buildSystem: development', 'buildSystem: github-actions')),
);
const loaded = loadSnapshot(files, seedCommit);
if (!loaded.ok) throw new Error('the seed is no policy');
const { snapshot } = loaded;
const service = await startTokenService();
const now = new Date();
const keys = openBuildKeys({ now: () => now, elsewhere: new Map([[tokenIssuer, service.keysUrl]]) });
const text = service.sign(service.claims(audience, {}, now));
const effective = effectivePolicy(
  snapshot,
  parseProjectSlug('esbuild-demo'),
  parsePolicySlug('release-signing'),
);
if (!effective.ok || effective.value.originPolicy === null) throw new Error('the seed has no origin');
const { originPolicy: policy } = effective.value;
const locate = effective.value.locateOrigin.bind(effective.value);

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
const verified: number[] = [];
const judged: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const start = performance.now();
  const { provider, issuer, token } = await verifyBuildToken({ text, snapshot, audience, keys, now });
  const middle = performance.now();
  judgeToken({ provider, issuer, token, policy, locate });
  judged.push(performance.now() - middle);
  verified.push(middle - start);
}
await service.stop();
console.log(
  `${text.length} characters; ${rounds} rounds, medians: verified in ${median(verified).toFixed(3)} ms, judged in ${median(judged).toFixed(3)} ms`,
);
