/** Routes outside /api/v1: who they are for, and what each is asked. docs/reference/addresses.md says the same for people. */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '#core/identity/index.ts';
import { webKeyName } from '#core/pki/openpgp/index.ts';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { writeOwnKeys } from '../../lib/certificates/own-keys.fixture.ts';
import { unsubscribeToken } from '../../lib/notifications/unsubscribe.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import type { ProblemCode } from '../../lib/platform/problems/index.ts';
import { unknownId } from './case.ts';
import { run } from './fetching.ts';
import { project, sha256Of, type World } from './world.ts';

export interface RouteCase {
  readonly kind: 'happy' | 'refused';
  readonly status: number;
  /** Content-Type without its parameters; a problem's is known by its code. */
  readonly type?: string;
  readonly problem?: ProblemCode;
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
  /** Behind the address that the key has. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Who is signed in; left out, nobody. */
  readonly as?: Identity;
  readonly portal?: Portal;
}

export interface OtherRoute {
  /** public: an interface that others may build on; own: of the portal's pages and messages, and changed with them. */
  readonly audience: 'public' | 'own';
  readonly cases: readonly RouteCase[];
  /** Why nobody and nothing is refused. */
  readonly refusesNothing?: string;
}

const plain = 'text/plain';
const json = 'application/json';
const secret = 'a webhook secret of some length';

export async function otherRoutes(
  world: World,
  folder: string,
): Promise<Readonly<Record<string, OtherRoute>>> {
  const { portal, history } = world;
  const [maintainer, auditor] = [onGitHub('900001'), onGitHub('900007')];
  const here = { origin: new URL(portal.config.publicUrl).origin };
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  file('list.crl', 'a list');
  const publishing = { ...portal, config: { ...portal.config, publicationDir: folder } } as Portal;
  const keysDir = join(folder, 'own-keys');
  mkdirSync(keysDir);
  await writeOwnKeys(keysDir);
  const openPgp = { domain: 'keys.example.org' };
  const directory = { ...portal, config: { ...portal.config, keysDir, openPgp } } as Portal;
  const github = { id: '1', webhookSecretFile: file('secret', secret) };
  const delivered = { ...portal, config: { ...portal.config, policyHost: { github } } } as unknown as Portal;
  const gated = {
    ...portal,
    publishApp: { issuers: [] },
    config: { ...portal.config, publishing: { github: { webhookSecretFile: github.webhookSecretFile } } },
  } as unknown as Portal;
  const ping = JSON.stringify({ zen: 'Speak like a human.', repository: { id: 1 } });
  const signature = createHmac('sha256', secret).update(ping).digest('hex');
  const delivery = {
    'content-type': json,
    'x-github-event': 'ping',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${signature}`,
  };
  const link = unsubscribeToken(portal.config, { account: maintainer, email: 'a@b.example', kinds: [] });
  const exported = await addExport(portal);
  const unknown = { params: { slug: 'no-such-project' } };
  const none = { kind: 'refused', status: 404, type: plain } as const;
  const [slug, sha256] = [{ slug: project }, sha256Of('an upload')];
  const submission = JSON.stringify({ policy: 'test-signing', sha256, name: 'a.tgz', bundle: null });

  const { fetching } = world;
  const organization = '94f3bd0a-2b0d-4c5e-8d43-9c6b1d6dbb6f';
  const asJson = { 'content-type': json };
  const connector = { params: { organization }, query: '?api-version=1.0', portal: fetching.portal };
  const fromWorkflow = { ...connector, headers: { ...asJson, authorization: `Bearer ${world.token}` } };
  const toSign = JSON.stringify({
    artifactId: await fetching.uploadAttested('a package'),
    gitHubWorkflowRunId: run,
    gitHubRepository: fetching.fullName,
    gitHubToken: fetching.jobToken(),
    signPathProjectSlug: project,
    signPathSigningPolicySlug: 'release-signing',
    signPathArtifactConfigurationSlug: '',
    parameters: [],
  });
  const signed = { organization, id: world.requests.good };

  const form = [
    '--part',
    'Content-Disposition: form-data; name="artifact"; filename="b.tgz"',
    '',
    'another sample',
    '--part--',
    '',
  ].join('\r\n');
  const formHeaders = {
    'content-type': 'multipart/form-data; boundary=part',
    'content-length': String(form.length),
  };

  return {
    'GET /healthz': {
      audience: 'public',
      refusesNothing: 'it says that the process answers',
      cases: [{ kind: 'happy', status: 200, type: json }],
    },
    'GET /readyz': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: json },
        { kind: 'refused', status: 503, type: json, portal: world.broken.withoutDatabase },
      ],
    },
    'GET /metrics': {
      audience: 'public',
      refusesNothing: 'what is away is among the measures',
      cases: [{ kind: 'happy', status: 200, type: plain }],
    },
    'GET /certificates/{file}': {
      audience: 'public',
      cases: [
        {
          kind: 'happy',
          status: 200,
          type: 'application/x-pem-file',
          params: { file: '5a3c01.pem' },
          portal: history,
        },
        { ...none, params: { file: 'none.pem' } },
      ],
    },
    'GET /openpgpkey/{path}': {
      audience: 'public',
      cases: [
        {
          kind: 'happy',
          status: 200,
          type: 'application/octet-stream',
          params: { path: ['hu', webKeyName('widget')] },
          portal: directory,
        },
        {
          kind: 'happy',
          status: 200,
          type: plain,
          params: { path: ['keys.example.org', 'policy'] },
          portal: directory,
        },
        { ...none, params: { path: ['hu', webKeyName('gadget')] }, portal: directory },
        { ...none, params: { path: ['example.com', 'policy'] }, portal: directory },
        { ...none, params: { path: ['policy'] } },
      ],
    },
    'GET /pki/{file}': {
      audience: 'public',
      cases: [
        {
          kind: 'happy',
          status: 200,
          type: 'application/pkix-crl',
          params: { file: 'list.crl' },
          portal: publishing,
        },
        { ...none, params: { file: 'secret' }, portal: publishing },
      ],
    },
    'GET /schemas/{name}': {
      audience: 'public',
      cases: [
        {
          kind: 'happy',
          status: 200,
          type: 'application/schema+json',
          params: { name: 'project.schema.json' },
        },
        { ...none, params: { name: 'none.json' } },
      ],
    },
    'GET /projects/{slug}/badge.svg': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: 'image/svg+xml', params: slug },
        { ...none, ...unknown },
      ],
    },
    'GET /projects/{slug}/feed.xml': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: 'application/atom+xml', params: slug },
        { ...none, ...unknown },
      ],
    },
    'GET /revocations/feed.xml': {
      audience: 'public',
      refusesNothing: 'it has nothing to be asked',
      cases: [{ kind: 'happy', status: 200, type: 'application/atom+xml', portal: history }],
    },
    'POST /api/webhooks/github': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: plain, headers: delivery, body: ping, portal: delivered },
        { kind: 'refused', status: 401, problem: 'SIGNATURE_MISSING', body: ping, portal: delivered },
        {
          kind: 'refused',
          status: 401,
          problem: 'SIGNATURE_INVALID',
          headers: delivery,
          body: '{}',
          portal: delivered,
        },
        { kind: 'refused', status: 404, problem: 'NO_DELIVERIES', headers: delivery, body: ping },
      ],
    },
    'POST /api/signpath/{organization}/SigningRequests': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 201, type: json, ...fromWorkflow, body: toSign },
        { kind: 'happy', status: 200, type: json, ...fromWorkflow, body: toSign },
        { kind: 'refused', status: 400, problem: 'BODY_INVALID', ...fromWorkflow, body: '{}' },
        { kind: 'refused', status: 401, problem: 'NOT_ALLOWED', ...connector, headers: asJson, body: toSign },
      ],
    },
    'GET /api/signpath/{organization}/SigningRequests/{id}/Status': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: json, params: signed, portal: history },
        { kind: 'refused', status: 404, problem: 'UNKNOWN_REQUEST', params: { ...signed, id: unknownId } },
      ],
    },
    'GET /api/signpath/{organization}/SigningRequests/{id}/SignedArtifact': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: 'application/zip', params: signed, portal: history },
        {
          kind: 'refused',
          status: 409,
          problem: 'RELEASE_REVOKED',
          params: { ...signed, id: world.requests.revoked },
          portal: history,
        },
        {
          kind: 'refused',
          status: 404,
          problem: 'NOT_RELEASED',
          params: { ...signed, id: world.requests.denied },
          portal: history,
        },
      ],
    },
    'POST /api/webhooks/publishing': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: plain, headers: delivery, body: ping, portal: gated },
        { kind: 'refused', status: 401, problem: 'SIGNATURE_MISSING', body: ping, portal: gated },
        { kind: 'refused', status: 404, problem: 'NO_DELIVERIES', headers: delivery, body: ping },
      ],
    },
    'POST /api/unsubscribe/{token}': {
      audience: 'public',
      cases: [
        { kind: 'happy', status: 200, type: json, params: { token: link }, query: '?utm_source=mail' },
        { kind: 'refused', status: 404, problem: 'LINK_INVALID', params: { token: 'x' } },
      ],
    },
    'GET /api/unsubscribe/{token}': {
      audience: 'public',
      refusesNothing: 'it leads to a page, which does',
      cases: [{ kind: 'happy', status: 303, params: { token: link } }],
    },
    'PUT /api/projects/{slug}/upload': {
      audience: 'own',
      cases: [
        {
          kind: 'happy',
          status: 201,
          type: json,
          params: slug,
          query: '?policy=test-signing',
          headers: here,
          body: 'an upload',
          as: maintainer,
        },
        { kind: 'refused', status: 401, problem: 'NOT_SIGNED_IN', params: slug, headers: here },
        { kind: 'refused', status: 403, problem: 'FOREIGN_PAGE', params: slug, as: maintainer },
      ],
    },
    'POST /api/projects/{slug}/upload': {
      audience: 'own',
      cases: [
        {
          kind: 'happy',
          status: 200,
          type: json,
          params: slug,
          headers: { ...here, 'content-type': json },
          body: submission,
          as: maintainer,
        },
        {
          kind: 'refused',
          status: 401,
          problem: 'NOT_SIGNED_IN',
          params: slug,
          headers: { ...here, 'content-type': json },
          body: submission,
        },
        {
          kind: 'refused',
          status: 400,
          problem: 'BODY_INVALID',
          params: slug,
          headers: { ...here, 'content-type': json },
          body: '{}',
          as: maintainer,
        },
      ],
    },
    'PUT /api/samples': {
      audience: 'own',
      cases: [
        {
          kind: 'happy',
          status: 201,
          type: json,
          query: `?name=a.tgz&for=${project}`,
          headers: here,
          body: 'a sample',
          as: maintainer,
        },
        {
          kind: 'refused',
          status: 401,
          problem: 'NOT_SIGNED_IN',
          query: '?name=a.tgz',
          headers: here,
          body: 'a sample',
        },
        { kind: 'refused', status: 403, problem: 'FOREIGN_PAGE', query: '?name=a.tgz', as: maintainer },
      ],
    },
    // Both lead to a page: that of the sample, or the form with what is wrong.
    'POST /api/samples': {
      audience: 'own',
      cases: [
        { kind: 'happy', status: 303, headers: { ...here, ...formHeaders }, body: form, as: maintainer },
        { kind: 'refused', status: 303, headers: { ...here, ...formHeaders }, body: form },
      ],
    },
    'GET /audit/exports/{id}/files/{name}': {
      audience: 'own',
      cases: [
        { kind: 'happy', status: 200, type: 'application/octet-stream', params: exported, as: auditor },
        {
          kind: 'refused',
          status: 404,
          problem: 'NOT_FOUND',
          params: { ...exported, name: 'none' },
          as: auditor,
        },
        { kind: 'refused', status: 403, problem: 'NOT_ALLOWED', params: exported },
      ],
    },
    'GET /api/auth/{nextauth}': {
      audience: 'own',
      cases: [
        { kind: 'happy', status: 200, type: json, params: { nextauth: ['session'] }, as: maintainer },
        { kind: 'refused', status: 400, params: { nextauth: ['nothing'] } },
      ],
    },
    'POST /api/auth/{nextauth}': {
      audience: 'own',
      cases: [
        // Without the token of its own form it asks once more, on a page.
        {
          kind: 'happy',
          status: 302,
          params: { nextauth: ['signout'] },
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'a=b',
        },
        {
          kind: 'refused',
          status: 415,
          problem: 'CONTENT_TYPE_UNSUPPORTED',
          params: { nextauth: ['signout'] },
          headers: { 'content-type': json },
          body: '{}',
        },
      ],
    },
  };
}

/** An export whose one file is written. */
async function addExport({ db, store }: Portal): Promise<{ readonly id: string; readonly name: string }> {
  const text = '{}\n';
  const stored = await store.put({
    stream: (async function* () {
      yield Buffer.from(text);
    })(),
    expectedSha256: null,
    sizeBytesMax: 100,
    sizeBytesExpected: null,
  });
  const [id, name] = [randomUUID(), 'audit-events.jsonl'];
  const at = new Date('2026-11-01T00:00:00Z');
  const files = [{ name, sha256: stored.sha256, sizeBytes: stored.sizeBytes, rows: 1 }];
  await db.auditExport.create({
    data: {
      id,
      periodFrom: at,
      periodTo: at,
      askedBy: 'person:demo-auditor',
      askedAt: at,
      madeAt: at,
      files,
      objects: [stored.sha256],
    },
  });
  return { id, name };
}
