/** Cases of operations that submit something. */
import { randomUUID } from 'node:crypto';
import { canFillDisk, withDiskOf } from './broken-portals.ts';
import { away, error, happy, noToken, refused, saying, unknownId, type Case, type Sent } from './case.ts';
import { run } from './fetching.ts';
import { project, sha256Of, type World } from './world.ts';

export function writingCases(world: World): Readonly<Record<string, readonly Case[]>> {
  const { broken, builds, fetching } = world;
  const runId = run;
  const ofBuild = (sent: Sent): Sent => ({ ...sent, portal: builds.portal });
  const auth = { authorization: `Bearer ${world.token}` };
  const json = { ...auth, 'content-type': 'application/json' };
  const bytes = { ...auth, 'content-type': 'application/octet-stream' };
  const artifact = 'an artifact';
  const submission = {
    project,
    policy: 'release-signing',
    artifact: { sha256: sha256Of(artifact), name: 'a.tgz' },
    bundle: { mediaType: 'x' },
  };
  const upload = (text: string, sha256 = sha256Of(text), headers: Record<string, string> = bytes): Sent => ({
    path: { sha256 },
    headers,
    body: text,
  });
  const anyone = { 'content-type': 'application/json' };
  /** The same mistakes of every body that is JSON; one member too many among them. */
  const badBodies = (
    headers: Record<string, string>,
    good: object,
    path: Record<string, string> = {},
    max = 64 * 1024,
  ) => [
    error(400, { path, headers, body: {} }),
    error(400, { path, headers, body: { ...good, unheardOf: true } }),
    error(400, { path, headers, body: '{' }),
    error(413, { path, headers, body: `"${'x'.repeat(max)}"` }),
    error(415, { path, headers: { ...headers, 'content-type': 'text/plain' }, body: '{}' }),
  ];
  const nonsense = { statement: '{}', signature: 'x' };
  const noPolicy = (sent: Sent): Case =>
    saying(/"NO_ACCEPTED_POLICY"/, away(503, { ...sent, portal: broken.withoutPolicy }));
  const noStore = (sent: Sent): Case =>
    saying(/"STORE_UNAVAILABLE"/, away(503, { ...sent, portal: broken.withoutStore }));
  const fullDisk = (sent: Sent): readonly Case[] =>
    canFillDisk ? [away(507, { ...sent, during: (work) => withDiskOf(100, work) })] : [];
  const submitted = async () => ({ id: await world.submittedRequest(sha256Of(artifact)) });
  const ofHost = (sent: Sent): Sent => ({ ...sent, portal: fetching.portal });
  const [artifactId, unreadable] = [fetching.upload('a package'), fetching.upload('another package')];
  const toFetch = () => ({
    project,
    policy: 'release-signing',
    host: 'github',
    runId,
    artifactId,
    token: fetching.jobToken(),
  });
  const lookedUp = () => ({
    ...submission,
    bundle: null,
    bundleFrom: { host: 'github', runId, token: fetching.jobToken() },
  });
  const waiting = async () => ({ id: await world.requestIn('waiting-for-approval') });

  return {
    uploadArtifact: [
      happy(201, upload(artifact)),
      happy(200, upload(artifact)),
      error(400, upload(artifact, 'no-digest')),
      error(413, upload('x'.repeat(2000))),
      error(415, upload(artifact, undefined, { ...auth, 'content-type': 'text/plain' })),
      saying(
        /Content-Encoding: br/,
        error(415, upload(artifact, undefined, { ...bytes, 'content-encoding': 'br' })),
      ),
      error(422, upload(artifact, '0'.repeat(64))),
      refused(401, upload(artifact, undefined, { 'content-type': 'application/octet-stream' })),
      refused(401, upload(artifact, undefined, { ...bytes, ...noToken.headers })),
      happy(200, () => ofBuild(upload(artifact, undefined, { ...bytes, ...builds.allowed() }))),
      saying(
        /"origin.ref"/,
        refused(403, () => ofBuild(upload(artifact, undefined, { ...bytes, ...builds.onBranch() }))),
      ),
      noPolicy(upload(artifact)),
      noStore(upload(artifact)),
      ...fullDisk(upload('f'.repeat(1000))),
      ...['a', 'b', 'c', 'd'].map((text) => happy(201, upload(text.repeat(1000)))),
      error(429, upload('e'.repeat(1000))),
    ],
    fetchArtifact: [
      happy(202, () => ofHost({ headers: json, body: toFetch() })),
      happy(200, async () => {
        await fetching.settled();
        return ofHost({ headers: json, body: toFetch() });
      }),
      happy(202, () => {
        fetching.away(unreadable);
        return ofHost({ headers: json, body: { ...toFetch(), artifactId: unreadable } });
      }),
      happy(202, async () => {
        await fetching.settled();
        return ofHost({ headers: json, body: { ...toFetch(), artifactId: unreadable } });
      }),
      ...badBodies(json, { project, policy: 'release-signing', host: 'github', runId, artifactId: '1' }),
      error(400, () => ofHost({ headers: json, body: { ...toFetch(), artifactId: '../1' } })),
      error(400, () => ofHost({ headers: json, body: { ...toFetch(), project: 'No slug' } })),
      error(422, () => ofHost({ headers: json, body: { ...toFetch(), policy: 'test-signing' } })),
      error(422, () => ofHost({ headers: json, body: { ...toFetch(), token: null } })),
      refused(401, () => ofHost({ headers: anyone, body: toFetch() })),
      refused(403, () => ofHost({ headers: json, body: { ...toFetch(), project: 'zip-demo' } })),
      noPolicy({
        headers: json,
        body: { project, policy: 'release-signing', host: 'github', runId, artifactId: '1' },
      }),
    ],
    submitRequest: [
      happy(201, { headers: { ...json, 'idempotency-key': 'one' }, body: submission }),
      happy(200, { headers: { ...json, 'idempotency-key': 'one' }, body: submission }),
      happy(201, { headers: json, body: { ...submission, policy: 'test-signing', bundle: null } }),
      saying(
        /"ORIGIN_EVIDENCE_MISSING"/,
        error(422, () => ofHost({ headers: json, body: lookedUp() })),
      ),
      happy(201, async () => {
        await fetching.attest(artifact);
        return ofHost({ headers: json, body: lookedUp() });
      }),
      happy(200, () => ofHost({ headers: json, body: lookedUp() })),
      saying(
        /"FETCH_NOT_POSSIBLE"/,
        error(422, () => ofHost({ headers: json, body: { ...lookedUp(), policy: 'test-signing' } })),
      ),
      refused(403, () => ofHost({ headers: json, body: { ...lookedUp(), project: 'zip-demo' } })),
      error(400, { headers: json, body: { ...submission, bundleFrom: { host: 'github' } } }),
      ...badBodies(json, submission, {}, 4 * 1024 * 1024 + 64 * 1024),
      error(400, { headers: json, body: { ...submission, project: 'No slug' } }),
      error(400, { headers: { ...json, 'idempotency-key': 'two words' }, body: submission }),
      saying(
        /"CONFIGURATION_OF_POLICY"/,
        error(422, { headers: json, body: { ...submission, configuration: 'another' } }),
      ),
      saying(
        /"SOURCE_REF_UNKNOWN"/,
        error(422, { headers: json, body: { ...submission, supersedes: true } }),
      ),
      error(409, {
        headers: { ...json, 'idempotency-key': 'one' },
        body: { ...submission, bundle: { mediaType: 'y' } },
      }),
      error(422, { headers: json, body: { ...submission, policy: 'no-such-policy' } }),
      error(422, { headers: json, body: { ...submission, bundle: null } }),
      error(422, { headers: json, body: { ...submission, artifact: { sha256: '0'.repeat(64), name: 'a' } } }),
      noPolicy({ headers: json, body: submission }),
      noStore({ headers: json, body: submission }),
      ...fullDisk({ headers: json, body: { ...submission, bundle: { mediaType: 'f'.repeat(1000) } } }),
      refused(401, { headers: anyone, body: submission }),
      refused(403, { headers: json, body: { ...submission, project: 'zip-demo' } }),
      saying(
        /"BUILD_TOKEN_AUDIENCE"/,
        refused(401, () => ofBuild({ headers: { ...json, ...builds.forOthers() }, body: submission })),
      ),
      saying(
        /"origin.ref"/,
        refused(403, () => ofBuild({ headers: { ...json, ...builds.onBranch() }, body: submission })),
      ),
    ],
    cancelRequest: [
      happy(202, async () => ({ path: await waiting(), headers: json, body: { reason: 'The wrong tag.' } })),
      happy(202, async () => ({
        path: { id: await world.linkedRequest() },
        headers: json,
        body: { reason: 'Again.' },
      })),
      ...badBodies(json, { reason: 'x' }, { id: unknownId }),
      saying(
        /"REQUEST_ENDED".*denied since/,
        error(409, async () => ({
          path: { id: await world.requestIn('denied') },
          headers: json,
          body: { reason: 'x' },
        })),
      ),
      refused(401, async () => ({ path: await waiting(), headers: anyone, body: { reason: 'x' } })),
      refused(403, async () => ({
        path: await waiting(),
        headers: { ...json, authorization: `Bearer ${world.otherToken}` },
        body: { reason: 'x' },
      })),
      refused(404, { path: { id: unknownId }, headers: json, body: { reason: 'x' } }),
    ],
    resubmitRequest: [
      happy(201, async () => ({ path: await submitted(), headers: json, body: {} })),
      happy(200, async () => ({ path: await submitted(), headers: json, body: { parameters: {} } })),
      happy(201, async () => ({
        path: await submitted(),
        headers: { ...json, 'idempotency-key': 'again' },
        body: { policy: 'test-signing', configuration: 'windows-package' },
      })),
      ...badBodies(json, {}, { id: unknownId }).filter(({ status }) => status !== 400),
      error(400, { path: { id: unknownId }, headers: json, body: { unheardOf: true } }),
      error(409, async () => ({
        path: await submitted(),
        headers: { ...json, 'idempotency-key': 'one' },
        body: { policy: 'test-signing' },
      })),
      saying(
        /"CONFIGURATION_OF_POLICY"/,
        error(422, async () => ({
          path: await submitted(),
          headers: json,
          body: { configuration: 'another' },
        })),
      ),
      saying(
        /"ARTIFACT_NOT_UPLOADED"/,
        error(422, async () => ({
          path: await waiting(),
          headers: json,
          body: { policy: 'test-signing', parameters: {} },
        })),
      ),
      refused(401, async () => ({ path: await submitted(), headers: anyone, body: {} })),
      refused(403, async () => ({
        path: await submitted(),
        headers: { ...json, authorization: `Bearer ${world.otherToken}` },
        body: {},
      })),
      refused(404, { path: { id: unknownId }, headers: json, body: {} }),
    ],
    submitApproval: [
      happy(201, async () => {
        const path = await waiting();
        return {
          path,
          headers: json,
          body: world.signed('demo-approver', 'approval', await world.statement(path.id)),
        };
      }),
      ...badBodies(json, nonsense, { id: unknownId }),
      error(409, async () => ({
        path: { id: await world.requestIn('denied') },
        headers: json,
        body: nonsense,
      })),
      error(422, async () => ({ path: await waiting(), headers: json, body: nonsense })),
      refused(401, async () => ({ path: await waiting(), headers: anyone, body: nonsense })),
      refused(403, async () => ({
        path: await waiting(),
        headers: { ...json, authorization: `Bearer ${world.otherToken}` },
        body: nonsense,
      })),
      refused(404, { path: { id: unknownId }, headers: json, body: nonsense }),
    ],
    submitEmergencyStop: [
      happy(201, () => ({ headers: anyone, body: world.stop() })),
      ...badBodies(anyone, nonsense),
      error(422, { headers: anyone, body: nonsense }),
      refused(401, { headers: { ...anyone, ...noToken.headers }, body: nonsense }),
      noPolicy({ headers: anyone, body: nonsense }),
    ],
    runTokenCommand: [
      happy(201, () => ({
        headers: anyone,
        body: world.tokenCommand({ action: 'create', name: 'release', policies: ['test-signing'], days: 30 }),
      })),
      happy(200, ({ body }) => ({
        headers: anyone,
        body: world.tokenCommand({
          action: 'revoke',
          token: (body as { readonly created: { readonly id: string } }).created.id,
          reason: 'A drill.',
        }),
      })),
      happy(200, () => ({ headers: anyone, body: world.tokenCommand({ action: 'list' }) })),
      error(409, async () => {
        const body = world.tokenCommand({ action: 'list' });
        await world.done(body);
        return { headers: anyone, body };
      }),
      ...badBodies(anyone, nonsense),
      error(422, { headers: anyone, body: nonsense }),
      error(422, () => ({
        headers: anyone,
        body: world.tokenCommand({ action: 'create', name: 'x', policies: ['no-such-policy'], days: 30 }),
      })),
      refused(401, () => ({ headers: anyone, body: world.tokenCommand({ action: 'list' }, 'demo-auditor') })),
      refused(404, () => ({
        headers: anyone,
        body: world.tokenCommand({ action: 'revoke', token: randomUUID(), reason: '' }),
      })),
      noPolicy({ headers: anyone, body: nonsense }),
    ],
  };
}
