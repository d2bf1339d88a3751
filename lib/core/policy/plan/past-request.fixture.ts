/** For tests: a release of the seed's project with every fact recorded. */
import type { PastEntry, PastRequest } from './index.ts';

export const repository = 'https://github.com/countersign-demo/esbuild-windows';
export const commit = 'c0'.repeat(20);
export const workflow = `${repository}/.github/workflows/release.yml@refs/tags/v1.0`;

const entry = (path: string, signed: boolean | null = null): PastEntry => ({
  path: [path],
  type: 'file',
  sizeBytes: 10,
  sha256: 'ab'.repeat(32),
  facts: signed === null ? null : { type: 'pe', signed, kind: 'program', texts: { ProductName: 'Another' } },
});

export const good: PastRequest = {
  id: '7d1f6a2e-0b6c-4b8a-9c1d-000000000001',
  project: 'esbuild-demo',
  policy: 'release-signing',
  parameters: {},
  submittedBy: 'token:esbuild-demo/ci by person:demo-maintainer',
  at: '2026-11-01T12:00:00.000Z',
  decided: 'released',
  decidedBy: null,
  origin: {
    claims: {
      issuer: 'https://token.development-build-system.example',
      repositoryUri: repository,
      repositoryId: '900100200',
      ownerId: '900100',
      san: workflow,
      signerUri: workflow,
      buildConfigUri: workflow,
      signerDigest: commit,
      buildConfigDigest: commit,
      commit,
      ref: 'refs/tags/v1.0',
      trigger: 'push',
      runner: 'github-hosted',
      runUri: `${repository}/actions/runs/1/attempts/1`,
      visibility: 'public',
    },
    attestation: 'slsa-provenance-v1',
    integratedAt: '2026-11-01T10:00:00.000Z',
  },
  inspection: {
    outcome: 'pass',
    rule: null,
    configurationSha256: null,
    entries: [entry('package/esbuild.exe', false), entry('package/package.json'), entry('package/README.md')],
  },
  scan: 'clean',
  approvals: [{ handle: 'demo-approver', decision: 'approve' }],
};
