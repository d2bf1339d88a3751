import { describe, expect, it } from 'vitest';
import { fail } from '#core/wire/finding/index.ts';
import { parsePolicySlug, parseProjectSlug, parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import { effectivePolicy, loadSnapshot } from '#core/policy/index.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { InspectorError, type Inspection, type Inspector } from '../../inspector/index.ts';
import { checkInspection } from './inspection.ts';
import { receivedAs } from './proofs.fixture.ts';

const [sha256, other] = ['a', 'b'].map((digit) => parseSha256Hex(digit.repeat(64)));
if (sha256 === undefined || other === undefined) throw new Error('no digests');

const loaded = loadSnapshot(seedWithKeys(), seedCommit);
if (!loaded.ok) throw new Error('the seed is a snapshot');
const [project, policy] = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')];
const effective = effectivePolicy(loaded.snapshot, project, policy);
if (!effective.ok) throw new Error('the seed has a release policy');

const whole: Inspection = {
  ok: true,
  artifactFile: '/nowhere',
  sha256,
  sizeBytes: 1,
  unpackedSizeBytes: 1,
  findings: [],
  tree: [],
  leaves: [],
  containers: [],
  inside: [],
  copies: [],
  signTargets: [],
  follows: [],
};
const check = (answer: () => Promise<Inspection>) =>
  checkInspection({
    inspector: { inspect: answer } as unknown as Inspector,
    requestId: parseRequestId('01890a5d-ac96-774b-bcce-b302099a8057'),
    received: receivedAs({ file: '/nowhere', digests: { sha256, sha512: '', sizeBytes: 1 } }),
    artifactName: 'a.zip',
    effective: effective.value,
    configuration: effective.value.artifactConfiguration,
    parameters: {},
    origin: null,
    signedBefore: { find: () => Promise.resolve([]), keys: [], revocations: new Map() },
    now: new Date(),
  });

describe('an inspection', () => {
  it('is about the received file', async () => {
    expect(await check(() => Promise.resolve(whole))).toMatchObject({
      ok: true,
      value: { artifactSha256: sha256 },
    });
  });

  it('about other bytes than were received is rejected', async () => {
    const looked = check(() => Promise.resolve({ ...whole, sha256: other }));
    await expect(looked).rejects.toBeInstanceOf(Unavailable);
  });

  it('that found something wrong proves nothing', async () => {
    const finding = fail({ rule: 'archive.member', message: 'A file too many.', fix: 'Leave it out.' });
    const answer = await check(() => Promise.resolve({ ...whole, ok: false, findings: [finding] }));
    expect(answer).toMatchObject({ ok: false, findings: [finding] });
  });

  it.each(['INSPECTOR_TIMEOUT', 'INSPECTOR_MEMORY', 'INSPECTOR_ANSWER_SIZE'] as const)(
    'ends the request with %s',
    async (code) => {
      const answer = await check(() => Promise.reject(new InspectorError(code, 'too much')));
      expect(answer).toMatchObject({ ok: false, findings: [{ rule: 'inspection.limits' }] });
    },
  );

  it('is repeated if the inspector itself failed', async () => {
    const looked = check(() => Promise.reject(new InspectorError('INSPECTOR_CRASHED', 'gone')));
    await expect(looked).rejects.toBeInstanceOf(Unavailable);
  });
});
