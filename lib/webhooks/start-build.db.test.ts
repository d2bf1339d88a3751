import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { policyFile } from '../request-notices/open-notices.fixture.ts';
import { seed } from '#core/policy/plan/snapshots.fixture.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import { collectWebhookEvents } from './index.ts';
import { openWebhooks, project } from './open-webhooks.fixture.ts';

const token = 'github_pat_11AAAAAAA0secret';
const path = '/repos/countersign-demo/portable-tools/dispatches';

let open: Awaited<ReturnType<typeof openWebhooks>>;
beforeAll(async () => {
  open = await openWebhooks();
});
beforeEach(() => open.clear());
afterAll(() => open.close());

const starts = (more: object = {}) =>
  open.add('', { url: '', format: 'github', token, events: ['request.completed'], ...more });

async function released(): Promise<string> {
  const request = await open.notices.ask();
  await open.notices.isReleased(request);
  await collectWebhookEvents(open.portal);
  return request;
}

describe('a webhook that starts a workflow', () => {
  it('posts the release to the repository of the policy, with the token that only it has', async () => {
    const { secret } = await starts();
    expect(secret).toBe(null);
    const request = await released();
    await open.deliver();
    const [message] = open.receiver.received;
    expect(open.receiver.received).toHaveLength(1);
    expect(message?.path).toBe(path);
    expect(message?.headers.authorization).toBe(`Bearer ${token}`);
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      event_type: 'countersign.request.completed',
      client_payload: { project, request, releaseSha256: 'b'.repeat(64) },
    });
    const { rows } = await open.notices.owner.query<{ row: string }>(
      `SELECT webhook::text AS row FROM portal.webhook UNION ALL SELECT body FROM portal.webhook_delivery
       UNION ALL SELECT detail::text FROM portal.audit_event`,
    );
    for (const { row } of rows) expect(row).not.toContain('secret');
  });

  it('is tried again as other messages are, and repeated by hand', async () => {
    const { id } = await starts();
    open.receiver.answers.set(path, 403);
    await released();
    await open.deliver();
    expect(await open.last(id)).toMatchObject({ state: 'waiting', attempts: 1, last: { status: 403 } });
    open.receiver.answers.clear();
    open.notices.pass(1);
    await open.deliver();
    expect(await open.last(id)).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('sends its token nowhere once the policy names no build of that host', async () => {
    const { id } = await starts();
    await released();
    Object.assign(open.portal.config, { publishing: { hosts: [] } });
    try {
      await open.deliver();
    } finally {
      Object.assign(open.portal.config, { publishing: open.publishing });
    }
    expect(open.receiver.received).toHaveLength(0);
    expect((await open.last(id))?.last?.problem).toContain('nothing was sent');
  });

  it('isn’t told of requests whose builds are another host’s', async () => {
    await starts();
    const request = await open.notices.ask();
    await open.notices.owner.query(`UPDATE portal.signing_request SET policy_slug = 'test-signing'`);
    await open.notices.isReleased(request);
    await collectWebhookEvents(open.portal);
    expect(await open.portal.db.webhookDelivery.count()).toBe(0);
  });

  it.each([
    ['no token', { token: '' }, 'WEBHOOK_START_INVALID', 'token'],
    ['a token with a line of its own', { token: 'a\nauthorization: b' }, 'WEBHOOK_START_INVALID', 'token'],
    ['a host that no policy names', { format: 'gitlab', ref: 'main' }, 'WEBHOOK_START_INVALID', 'format'],
    ['a ref that is none', { format: 'gitlab', ref: '-x' }, 'WEBHOOK_START_INVALID', 'ref'],
    ['what isn’t about requests', { events: ['policy.accepted'] }, 'WEBHOOK_EVENTS_INVALID', 'events'],
  ])('is refused with %s', async (_name, more, code, field) => {
    await expect(starts(more)).rejects.toMatchObject({ code, fields: [{ field }] });
  });
});

describe('a webhook that starts a pipeline', () => {
  it('triggers it at the instance that the policy names, by the project’s id', async () => {
    const origin = `origin:
  provider: gitlab
  buildSystem: gitlab
  repository: {id: '77', ownerId: '5', uri: https://gitlab.example/countersign-demo/portable-tools}
  refs: {tags: ['v*']}
  pipelineSources: [push]
  runner: self-hosted
scan:`;
    const policy = decode(seed.get(policyFile) ?? new Uint8Array()).replace(/origin:[^]*?scan:/, origin);
    const root = decode(seed.get('trust/root.yaml') ?? new Uint8Array());
    const system = `  - {name: gitlab, provider: gitlab, displayName: GitLab, issuer: https://gitlab.example, trustRoot: development}\n`;
    const projectFile = `projects/${project}/project.yaml`;
    const facts = decode(seed.get(projectFile) ?? new Uint8Array());
    await open.notices.accept({
      [projectFile]: facts.replace(
        /repository:\n(?:  .*\n)+/,
        `repository: {id: '77', ownerId: '5', uri: https://gitlab.example/countersign-demo/portable-tools}\n`,
      ),
      [policyFile]: policy,
      'trust/root.yaml': root.replace(/buildSystems:\n/, `buildSystems:\n${system}`),
    });
    Object.assign(open.portal.config, {
      publishing: { hosts: [{ issuer: 'https://gitlab.example', apiUrl: `${open.receiver.origin}/api/v4` }] },
    });
    try {
      await starts({ format: 'gitlab', token: 'glptt-secret', ref: 'main' });
      await released();
      await open.deliver();
    } finally {
      Object.assign(open.portal.config, { publishing: open.publishing });
    }
    const [message] = open.receiver.received;
    expect(message?.path).toBe('/api/v4/projects/77/trigger/pipeline');
    const form = new URLSearchParams(message?.body);
    expect(form.get('token')).toBe('glptt-secret');
    expect(form.get('ref')).toBe('main');
    expect(form.get('variables[COUNTERSIGN_RELEASE_SHA256]')).toBe('b'.repeat(64));
  });
});
