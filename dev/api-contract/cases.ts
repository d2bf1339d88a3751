/** What each operation of the API is asked, and the status that has to come. */
import { randomUUID } from 'node:crypto';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { canFillDisk, withDiskOf } from './broken-portals.ts';
import { project, sha256Of, type World } from './world.ts';

export interface Sent {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Which portal answers; left out, the foundation's. */
  readonly portal?: Portal;
  /** What holds while it is asked. */
  readonly during?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What was answered to the case before, of the same operation. */
export interface Before {
  readonly body: unknown;
  readonly link: string | null;
}

export interface Case {
  /** error: asked wrongly; refused: not who may, or not there; away: something that the portal needs. */
  readonly kind: 'happy' | 'error' | 'refused' | 'away';
  readonly status: number;
  /** What stands in the answer. */
  readonly says?: RegExp;
  readonly send: (before: Before) => Sent | Promise<Sent>;
}

const of =
  (kind: Case['kind']) =>
  (status: number, send: Case['send'] | Sent): Case => ({
    kind,
    status,
    send: typeof send === 'function' ? send : () => send,
  });
const [happy, error, refused, away] = [of('happy'), of('error'), of('refused'), of('away')];
const saying = (says: RegExp, one: Case): Case => ({ ...one, says });
const unknownId = '00000000-0000-4000-8000-000000000000';
const noToken = { headers: { authorization: 'Bearer csn_no-token' } };
/** Nobody's token, where reading needs none. */
const badToken = (portal?: Portal): Case =>
  refused(401, { ...noToken, ...(portal === undefined ? {} : { portal }) });
const next = ({ body }: Before): string => String((body as { readonly next: unknown }).next);

export function casesOf(world: World): Readonly<Record<string, readonly Case[]>> {
  const { history, requests, broken } = world;
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
  const waiting = async () => ({ id: await world.requestIn('waiting-for-approval') });

  return {
    uploadArtifact: [
      happy(201, upload(artifact)),
      happy(200, upload(artifact)),
      error(400, upload(artifact, 'no-digest')),
      error(413, upload('x'.repeat(2000))),
      error(415, upload(artifact, undefined, { ...auth, 'content-type': 'text/plain' })),
      error(422, upload(artifact, '0'.repeat(64))),
      refused(401, upload(artifact, undefined, { 'content-type': 'application/octet-stream' })),
      refused(401, upload(artifact, undefined, { ...bytes, ...noToken.headers })),
      noPolicy(upload(artifact)),
      noStore(upload(artifact)),
      ...fullDisk(upload('f'.repeat(1000))),
      ...['a', 'b', 'c', 'd'].map((text) => happy(201, upload(text.repeat(1000)))),
      error(429, upload('e'.repeat(1000))),
    ],
    submitRequest: [
      happy(201, { headers: { ...json, 'idempotency-key': 'one' }, body: submission }),
      happy(200, { headers: { ...json, 'idempotency-key': 'one' }, body: submission }),
      happy(201, { headers: json, body: { ...submission, policy: 'test-signing', bundle: null } }),
      ...badBodies(json, submission, {}, 4 * 1024 * 1024 + 64 * 1024),
      error(400, { headers: json, body: { ...submission, project: 'No slug' } }),
      error(400, { headers: { ...json, 'idempotency-key': 'two words' }, body: submission }),
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
    ],
    listRequests: [
      happy(200, { portal: history, query: { limit: '1', project, status: 'completed' } }),
      happy(200, (before) => ({ portal: history, query: { cursor: next(before) } })),
      error(400, { portal: history, query: { cursor: 'no-cursor' } }),
      error(400, { portal: history, query: { status: 'lost' } }),
      error(400, { portal: history, query: { project: 'No slug' } }),
      badToken(history),
    ],
    readProject: [
      happy(200, { portal: history, path: { slug: project } }),
      happy(200, { path: { slug: 'zip-demo' } }),
      error(400, { portal: history, path: { slug: 'No_slug' } }),
      refused(404, { portal: history, path: { slug: 'no-such-project' } }),
      { ...badToken(history), send: () => ({ ...noToken, portal: history, path: { slug: project } }) },
    ],
    readStatistics: [happy(200, { portal: history }), badToken(history)],
    listRevocations: [happy(200, { portal: history }), badToken(history)],
    listPolicyVersions: [
      happy(200, { path: { slug: project }, query: { limit: '5', cursor: '99' } }),
      happy(200, { path: { slug: project }, query: { limit: '1' } }),
      error(400, { path: { slug: 'No_slug' } }),
      error(400, { path: { slug: project }, query: { limit: '0' } }),
      refused(401, { path: { slug: project }, ...noToken }),
    ],
    listPastRequests: [
      happy(200, { portal: history, query: { limit: '1' } }),
      happy(200, ({ link }) => ({
        portal: history,
        query: { cursor: /cursor=([^>&]+)/.exec(link ?? '')?.[1] ?? 'none' },
      })),
      happy(200, { portal: history }),
      error(400, { portal: history, query: { cursor: 'no-cursor' } }),
      error(400, { portal: history, query: { limit: '0' } }),
      badToken(history),
    ],
    readRequest: [
      happy(200, { portal: history, path: { id: requests.large } }),
      happy(200, { portal: history, path: { id: requests.large }, query: { pass: '1' } }),
      ...[requests.revoked, requests.denied, requests.retrying].map((id) =>
        happy(200, { portal: history, path: { id } }),
      ),
      happy(200, async () => ({ path: await waiting() })),
      error(400, { portal: history, path: { id: 'no-id' } }),
      error(400, { portal: history, path: { id: requests.large }, query: { pass: '0' } }),
      refused(404, { portal: history, path: { id: unknownId } }),
      refused(401, { portal: history, path: { id: requests.large }, ...noToken }),
    ],
    readStep: [
      happy(200, {
        portal: history,
        path: { id: requests.large, pass: '2', step: 'inspection' },
        query: { limit: '5' },
      }),
      happy(200, (before) => ({
        portal: history,
        path: { id: requests.large, pass: '2', step: 'inspection' },
        query: { after: next(before), file: 'part' },
      })),
      happy(200, { portal: history, path: { id: requests.large, pass: '2', step: 'signing' } }),
      happy(200, { portal: history, path: { id: requests.denied, pass: '2', step: 'inspection' } }),
      happy(200, { portal: history, path: { id: requests.retrying, pass: '1', step: 'signing' } }),
      error(400, { portal: history, path: { id: requests.large, pass: '2', step: 'lunch' } }),
      error(400, {
        portal: history,
        path: { id: requests.large, pass: '2', step: 'scan' },
        query: { after: 'x y' },
      }),
      refused(404, { portal: history, path: { id: unknownId, pass: '1', step: 'scan' } }),
      refused(401, { portal: history, path: { id: requests.large, pass: '2', step: 'scan' }, ...noToken }),
    ],
    listSignedFiles: [
      happy(200, { portal: history, path: { id: requests.large }, query: { limit: '5' } }),
      happy(200, (before) => ({
        portal: history,
        path: { id: requests.large },
        query: { after: next(before), file: 'part' },
      })),
      happy(200, { portal: history, path: { id: requests.revoked } }),
      error(400, { portal: history, path: { id: requests.large }, query: { limit: '0' } }),
      error(400, { portal: history, path: { id: requests.large }, query: { file: 'x'.repeat(201) } }),
      refused(401, { portal: history, path: { id: requests.large }, ...noToken }),
    ],
    readApprovalStatement: [
      happy(200, async () => ({ path: await waiting(), query: { decision: 'approve' } })),
      error(400, { path: { id: unknownId }, query: { decision: 'perhaps' } }),
      error(409, async () => ({
        path: { id: await world.requestIn('denied') },
        query: { decision: 'deny' },
      })),
      refused(404, { path: { id: unknownId }, query: { decision: 'deny' } }),
      refused(401, { path: { id: unknownId }, query: { decision: 'deny' }, ...noToken }),
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
    listEmergencyStops: [happy(200, {}), badToken()],
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
    downloadReleasedArtifact: [
      happy(200, { portal: history, path: { id: requests.good } }),
      happy(200, { portal: history, path: { id: requests.revoked }, query: { despite: 'revoked' } }),
      happy(303, { portal: history, path: { id: requests.revoked }, headers: { accept: 'text/html' } }),
      error(400, { portal: history, path: { id: 'no-id' } }),
      error(409, { portal: history, path: { id: requests.revoked } }),
      refused(404, { portal: history, path: { id: unknownId } }),
      refused(401, { portal: history, path: { id: requests.good }, ...noToken }),
      saying(
        /"STORE_UNAVAILABLE"/,
        away(503, {
          portal: { ...history, released: broken.withoutStore.released },
          path: { id: requests.good },
        }),
      ),
    ],
    readInspectionReport: [
      happy(200, { portal: history, path: { id: requests.good } }),
      error(400, { portal: history, path: { id: 'no-id' } }),
      refused(404, { portal: history, path: { id: unknownId } }),
      refused(401, { portal: history, path: { id: requests.good }, ...noToken }),
      saying(
        /"STORE_UNAVAILABLE"/,
        away(503, {
          portal: { ...history, released: broken.withoutStore.released },
          path: { id: requests.good },
        }),
      ),
    ],
    readInspectionReportNote: [
      happy(200, { portal: history, path: { id: requests.good } }),
      error(400, { portal: history, path: { id: 'no-id' } }),
      saying(/"NO_REPORT"/, refused(404, { portal: history, path: { id: unknownId } })),
      saying(/"REPORT_NOT_SIGNED"/, refused(404, { portal: history, path: { id: requests.revoked } })),
      refused(401, { portal: history, path: { id: requests.good }, ...noToken }),
    ],
    readDescription: [happy(200, {}), badToken()],
  };
}
