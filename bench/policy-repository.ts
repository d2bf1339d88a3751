/** A large policy repository and past requests to it, always the same. */
import type { PastRequest } from '#core/policy/plan/index.ts';
import { projectCategories } from '../lib/policy-tools/project-category/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';

const peoplePerProject = 20;

const slug = (index: number): string => `project-${String(index).padStart(5, '0')}`;
const person = (index: number): string =>
  `person-${String(Math.floor(index / peoplePerProject)).padStart(4, '0')}`;
const repositoryOf = (index: number): string => `https://github.com/example-${index}/program`;

export const releasePolicyOf = (index: number): string =>
  `projects/${slug(index)}/policies/release-signing.yaml`;

/** Path → text: three files for each project, one person for every twenty. */
export function policyFiles(projects: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set('foundation.yaml', foundation);
  files.set('trust/root.yaml', trustRoot);
  for (let index = 0; index < projects; index += 1) {
    files.set(`projects/${slug(index)}/project.yaml`, project(index));
    files.set(releasePolicyOf(index), policy(index));
    files.set(`projects/${slug(index)}/artifacts/package.yaml`, artifact(index));
    if (index % peoplePerProject === 0) files.set(`people/${person(index)}.yaml`, personFile(index));
  }
  return files;
}

const foundation = `apiVersion: countersign/v1
kind: Foundation
name: Benchmark Foundation
homepage: https://example.org
subject:
  organization: Benchmark Foundation
  country: AT
programs: [executables, components]
floors:
  releaseQuorum: 1
`;

const trustRoot = `apiVersion: countersign/v1
kind: TrustRoot
policyMaintainers:
  threshold: 1
  members: [person-0000]
buildSystems:
  - name: github-actions
    displayName: GitHub Actions
    issuer: https://token.actions.githubusercontent.com
    trustRoot: sigstore-public-good
`;

function personFile(index: number): string {
  return `apiVersion: countersign/v1
kind: Person
name: Person ${index}
identities:
  github: '${1_000_000 + index}'
approvalKeys:
  - type: ssh
    publicKey: ${newSshKey()}
`;
}

function project(index: number): string {
  return `apiVersion: countersign/v1
kind: Project
name: Program ${index}
tagline: A program for Windows, number ${index}.
description: >-
  A program that does what programs do, and that is signed so that people can tell it from others.
  This is project number ${index} of many.
repository:
  uri: ${repositoryOf(index)}
  id: '${900_000_000 + index}'
  ownerId: '${800_000_000 + index}'
homepage: https://example.org/${index}
licence: MIT
program: executables
category: ${projectCategories[index % projectCategories.length]?.[0] ?? 'system'}
status: active
team:
  authors: [${person(index)}]
  reviewers: [${person(index)}]
  approvers: [${person(index)}]
privacy:
  collectsData: false
`;
}

function policy(index: number): string {
  return `# What a release of this project needs.
apiVersion: countersign/v1
kind: SigningPolicy
purpose: release
certificate: release
artifactConfiguration: package
origin:
  buildSystem: github-actions
  repository:
    id: '${900_000_000 + index}'
    ownerId: '${800_000_000 + index}'
    uri: ${repositoryOf(index)}
  workflow: .github/workflows/release.yml
  refs:
    branches: [main]
    tags: ['v*']
  triggers: [push, release, workflow_dispatch]
  runner: github-hosted
scan: required
approval:
  quorum: 1
  approvers: [${person(index)}]
timestamp: required
`;
}

function artifact(index: number): string {
  return `apiVersion: countersign/v1
kind: ArtifactConfiguration
root:
  type: zip
  contents:
    - type: pe
      path: program-${index}/*.exe
      matches: {min: 1, max: 5}
      sign:
        method: authenticode
        description: Program ${index}
    - type: file
      path: program-${index}/**/*.txt
      matches: {min: 0, max: unbounded}
`;
}

export function pastRequests(count: number, projects: number): readonly PastRequest[] {
  return Array.from({ length: count }, (_, index) => pastRequest(index, index % projects));
}

function pastRequest(index: number, of: number): PastRequest {
  const uri = repositoryOf(of);
  const ref = index % 3 === 0 ? 'refs/tags/v1.2.3' : 'refs/heads/main';
  const workflow = `${uri}/.github/workflows/release.yml@${ref}`;
  const commit = index.toString(16).padStart(40, '0');
  return {
    id: `request-${index}`,
    project: slug(of),
    policy: 'release-signing',
    parameters: {},
    submittedBy: 'token:project-00000/ci by person:ci',
    at: '2026-11-01T12:00:00.000Z',
    decided: 'released',
    decidedBy: null,
    origin: {
      claims: {
        issuer: 'https://token.actions.githubusercontent.com',
        repositoryUri: uri,
        repositoryId: String(900_000_000 + of),
        ownerId: String(800_000_000 + of),
        san: workflow,
        signerUri: workflow,
        buildConfigUri: workflow,
        signerDigest: commit,
        buildConfigDigest: commit,
        commit,
        ref,
        trigger: 'push',
        runner: 'github-hosted',
        visibility: 'public',
        runUri: `${uri}/actions/runs/${index + 1}/attempts/1`,
      },
      attestation: 'slsa-provenance-v1',
      integratedAt: '2026-11-01T10:00:00.000Z',
    },
    inspection: {
      outcome: 'pass',
      rule: null,
      configurationSha256: null,
      entries: ['program.exe', 'readme.txt', 'docs/licence.txt'].map((name) => ({
        path: [`program-${of}/${name}`],
        type: 'file',
        sizeBytes: 1000,
        sha256: null,
        facts: name.endsWith('.exe') ? { type: 'pe', signed: false, kind: 'program', texts: null } : null,
      })),
    },
    scan: 'clean',
    approvals: [{ handle: person(of), decision: 'approve' }],
  };
}
