import { describe, expect, it } from 'vitest';
import { parseProjectSlug } from '#core/ids/index.ts';
import { changed, seed } from '#core/policy/plan/snapshots.fixture.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import type { WebhookEvent } from '#core/wire/webhook/index.ts';
import { startPlaceOf, startRequest } from './start-build.ts';

const project = parseProjectSlug('zip-demo');
const issuer = 'https://token.development-build-system.example';
const config = { publishing: { hosts: [{ issuer, apiUrl: 'https://api.host.example' }] } };
const place = {
  apiUrl: 'https://api.host.example',
  id: '900100300',
  path: 'countersign-demo/portable-tools',
};
const released: WebhookEvent = {
  type: 'request.completed',
  timestamp: new Date('2026-11-30T00:00:00Z'),
  data: {
    project,
    policy: 'release-signing',
    request: '3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
    url: 'https://sign.example/requests/3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
    artifact: { name: '$(id)`id`".zip', sha256: '9'.repeat(64), sizeBytes: 1 },
    submittedBy: 'build:github/1/2/1 by person:$(id)',
    submittedAt: '2026-11-30T00:00:00.000Z',
    sourceCommit: '5'.repeat(40),
    release: {
      name: '$(id)`id`".zip',
      sha256: 'a'.repeat(64),
      sizeBytes: 2,
      releasedAt: '2026-11-30T00:00:00.000Z',
      download: 'https://sign.example/api/v1/requests/3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e/artifact',
    },
  },
};

describe('where a build is started', () => {
  it('is the repository that the policy in force names, at the API of its build system', () => {
    const find = (policy: string | null, format: 'github' | 'gitlab' = 'github') =>
      startPlaceOf(config, changed({}), { project, policy, format });
    expect(find('release-signing')).toEqual(place);
    expect(find(null)).toEqual(place);
  });

  it('is nowhere for another host’s builds, a policy without origin, an unknown one, and an API that nobody knows', () => {
    const snapshot = changed({});
    const nowhere = [
      { project, policy: 'release-signing', format: 'gitlab' },
      { project, policy: 'test-signing', format: 'github' },
      { project, policy: 'none', format: 'github' },
      { project: parseProjectSlug('none'), policy: null, format: 'github' },
    ] as const;
    for (const asked of nowhere) expect(startPlaceOf(config, snapshot, asked)).toBe(null);
    const here = { project, policy: null, format: 'github' } as const;
    expect(startPlaceOf({}, snapshot, here)).toBe(null);
  });

  it('follows the policy: another repository of a policy gets what comes after', () => {
    const files = ['policies/release-signing.yaml', 'project.yaml'].map(
      (name) => `projects/${project}/${name}`,
    );
    const renamed = files.map((file) => [
      file,
      decode(seed.get(file) ?? new Uint8Array()).replaceAll('/portable-tools', '/renamed'),
    ]);
    const snapshot = changed(Object.fromEntries(renamed) as Record<string, string>);
    expect(startPlaceOf(config, snapshot, { project, policy: null, format: 'github' })?.path).toBe(
      'countersign-demo/renamed',
    );
  });
});

describe('what starts a build', () => {
  it('is a repository_dispatch with ten members at most, none of which somebody else worded', () => {
    const { url, headers, body } = startRequest(
      'github',
      place,
      { token: 'ghp_1', ref: undefined },
      released,
    );
    expect(url).toBe('https://api.host.example/repos/countersign-demo/portable-tools/dispatches');
    expect(headers['authorization']).toBe('Bearer ghp_1');
    expect(JSON.parse(body)).toEqual({
      event_type: 'countersign.request.completed',
      client_payload: {
        project,
        policy: 'release-signing',
        request: '3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
        url: released.data.url,
        timestamp: '2026-11-30T00:00:00.000Z',
        artifactSha256: '9'.repeat(64),
        sourceCommit: '5'.repeat(40),
        releaseSha256: 'a'.repeat(64),
        download: 'https://sign.example/api/v1/requests/3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e/artifact',
      },
    });
    expect(body).not.toContain('$(');
  });

  it('is a trigger of a pipeline by the project’s id, with the same as variables', () => {
    const { url, headers, body } = startRequest('gitlab', place, { token: 'glptt-1', ref: 'main' }, released);
    expect(url).toBe('https://api.host.example/projects/900100300/trigger/pipeline');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const form = Object.fromEntries(new URLSearchParams(body));
    expect(form).toMatchObject({
      token: 'glptt-1',
      ref: 'main',
      'variables[COUNTERSIGN_EVENT]': 'request.completed',
      'variables[COUNTERSIGN_RELEASE_SHA256]': 'a'.repeat(64),
      'variables[COUNTERSIGN_SOURCE_COMMIT]': '5'.repeat(40),
    });
    expect(JSON.stringify(form)).not.toContain('$(');
  });

  it('names no commit that isn’t one', () => {
    const odd = { ...released, data: { ...released.data, sourceCommit: '$(id)' } } as WebhookEvent;
    expect(startRequest('github', place, { token: 't', ref: undefined }, odd).body).not.toContain('$(');
  });
});
