/** Cases of operations that read. */
import { away, error, happy, noToken, refused, saying, unknownId, type Before, type Case } from './case.ts';
import { parsePolicySlug, parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import { startFetch } from '../../lib/artifact-fetches/index.ts';
import { bearerActor } from '../../lib/platform/auth/index.ts';
import { readStanding } from '../../lib/requests/index.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { run } from './fetching.ts';
import { project, type World } from './world.ts';

const ofBuild = 'build:github/900100200/77/2 by person:demo-maintainer';
/** Nobody's token, where reading needs none. */
const badToken = (portal?: Portal): Case =>
  refused(401, { ...noToken, ...(portal === undefined ? {} : { portal }) });
const next = ({ body }: Before): string => String((body as { readonly next: unknown }).next);

export function readingCases(world: World): Readonly<Record<string, readonly Case[]>> {
  const { history, requests, broken } = world;
  const versionOf = async (id: string): Promise<string> =>
    (await readStanding({ ctx: history, input: { id: parseRequestId(id) } }))?.version ?? '';
  const fetched = async (artifactId: string): Promise<string> => {
    const { portal, jobToken, settled } = world.fetching;
    const actor = await bearerActor(portal, `Bearer ${world.token}`, null);
    const { id } = await startFetch({
      ctx: { ...portal, actor },
      input: {
        project: parseProjectSlug(project),
        policy: parsePolicySlug('release-signing'),
        host: 'github',
        runId: run,
        artifactId,
        token: jobToken(),
      },
    });
    await settled();
    return id;
  };
  const waiting = async () => ({ id: await world.requestIn('waiting-for-approval') });

  const quotas = { storedBytesMax: 1000, requestsPerDayMax: 100 };
  const withQuotas = { ...world.portal, config: { ...world.portal.config, quotas } };

  /** Of what is kept in the store of releases, one for each request. */
  const fromStore: readonly Case[] = [
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
  ];

  return {
    listRequests: [
      happy(200, {
        portal: history,
        query: { limit: '1', project, status: 'completed', since: '2026-01-01T00:00:00Z' },
      }),
      happy(200, (before) => ({ portal: history, query: { cursor: next(before) } })),
      error(400, { portal: history, query: { cursor: 'no-cursor' } }),
      error(400, { portal: history, query: { status: 'lost' } }),
      error(400, { portal: history, query: { since: 'yesterday' } }),
      error(400, { portal: history, query: { project: 'No slug' } }),
      badToken(history),
    ],
    readArtifactFetch: [
      happy(200, async () => ({ path: { id: await fetched(world.fetching.upload('another')) } })),
      happy(200, async () => ({ path: { id: await fetched('1') } })),
      error(400, { path: { id: 'no-id' } }),
      refused(404, { path: { id: unknownId } }),
      refused(401, { path: { id: unknownId }, ...noToken }),
    ],
    readProject: [
      happy(200, { portal: history, path: { slug: project } }),
      saying(
        /"usage":\{"storedBytes":\d+,"storedBytesMax":1000,/,
        happy(200, {
          portal: withQuotas,
          path: { slug: project },
          headers: { authorization: `Bearer ${world.token}` },
        }),
      ),
      saying(
        /"usage":null/,
        happy(200, {
          portal: withQuotas,
          path: { slug: project },
          headers: { authorization: `Bearer ${world.otherToken}` },
        }),
      ),
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
      happy(200, async () => ({
        path: { id: await world.requestIn('waiting-for-approval', ofBuild) },
        headers: { prefer: 'wait=1' },
      })),
      happy(200, async () => ({ path: { id: await world.linkedRequest() } })),
      happy(200, {
        portal: history,
        path: { id: requests.denied },
        headers: { 'if-none-match': '"another"', prefer: 'wait=60' },
      }),
      happy(304, ({ etag }) => ({
        portal: history,
        path: { id: requests.denied },
        headers: { 'if-none-match': etag ?? '' },
      })),
      error(400, { portal: history, path: { id: 'no-id' } }),
      error(400, { portal: history, path: { id: requests.large }, query: { pass: '0' } }),
      refused(404, { portal: history, path: { id: unknownId } }),
      refused(401, { portal: history, path: { id: requests.large }, ...noToken }),
    ],
    followRequest: [
      happy(200, { portal: history, path: { id: requests.denied } }),
      happy(204, async () => ({
        portal: history,
        path: { id: requests.denied },
        headers: { 'last-event-id': await versionOf(requests.denied) },
      })),
      error(400, { portal: history, path: { id: 'no-id' } }),
      refused(404, { portal: history, path: { id: unknownId } }),
      refused(401, { portal: history, path: { id: requests.denied }, ...noToken }),
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
    listEmergencyStops: [happy(200, {}), badToken()],
    downloadReleasedArtifact: [
      happy(200, { portal: history, path: { id: requests.good } }),
      happy(200, { portal: history, path: { id: requests.revoked }, query: { despite: 'revoked' } }),
      happy(206, { portal: history, path: { id: requests.good }, headers: { range: 'bytes=5-8' } }),
      happy(200, ({ etag }) => ({
        portal: history,
        path: { id: requests.good },
        headers: { range: 'bytes=5-', 'if-range': `${etag}-another` },
      })),
      error(416, { portal: history, path: { id: requests.good }, headers: { range: 'bytes=9999-' } }),
      happy(303, { portal: history, path: { id: requests.revoked }, headers: { accept: 'text/html' } }),
      error(409, { portal: history, path: { id: requests.revoked } }),
      ...fromStore,
    ],
    readInspectionReport: [happy(200, { portal: history, path: { id: requests.good } }), ...fromStore],
    readInspectionReportNote: [
      happy(200, { portal: history, path: { id: requests.good } }),
      error(400, { portal: history, path: { id: 'no-id' } }),
      saying(/"NO_REPORT"/, refused(404, { portal: history, path: { id: unknownId } })),
      saying(/"REPORT_NOT_SIGNED"/, refused(404, { portal: history, path: { id: requests.revoked } })),
      refused(401, { portal: history, path: { id: requests.good }, ...noToken }),
    ],
    readDescription: [happy(200, {}), badToken()],
    readReference: [happy(308, {}), badToken()],
  };
}
