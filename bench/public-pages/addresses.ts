/** The requests measured for each public page, feed and answer, among them unusual queries, last pages and ones that miss every cache. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededSerial } from '../../dev/seed/index.ts';
import { busiest, revokedProject, size } from './fill.ts';
import type { Filled } from './fill.ts';

/** One address, or several that are requested in turn. */
export type Asked = string | { readonly name: string; readonly paths: readonly string[] };

export interface Known extends Filled {
  /** Cursors near the end of the lists. */
  readonly lastRequests: string;
  readonly lastOfBusiest: string;
  readonly lastFinding: string;
  readonly lastSignature: string;
  /** Of released artifacts. */
  readonly sha256: string;
}

const turns = 12;
const inTurn = (name: string, path: (index: number) => string): Asked => ({
  name,
  paths: Array.from({ length: turns }, (_, index) => path(index)),
});

/** Route → what is requested of it; a text: why nothing is. */
export function addresses(known: Known): Readonly<Record<string, readonly Asked[] | string>> {
  const { large, commits } = known;
  const [small = '', middle = '', largest = ''] = large;
  const project = `/projects/${busiest}`;
  const commit = (index: number): string => commits[(index * 7 + 3) % commits.length] ?? '';
  const step = (id: string, of: string, query = ''): string => `/requests/${id}/steps/2/${of}${query}`;
  const revokedSerial = seededSerial(revokedProject);
  const long = 'a '.repeat(100);
  return {
    '/': ['/'],
    '/about': ['/about'],
    '/api/auth/[...nextauth]': ['/api/auth/session', '/api/auth/providers', '/api/auth/csrf'],
    '/api/projects/[slug]/upload': 'takes uploads',
    '/api/samples': 'takes uploads',
    '/api/signpath/[organization]/SigningRequests': 'takes requests',
    '/api/signpath/[organization]/SigningRequests/[id]/SignedArtifact': 'gives a file, as /api/v1 does',
    '/api/signpath/[organization]/SigningRequests/[id]/Status': 'is held until something happens',
    '/api/v1/artifact-fetches': 'takes files',
    '/api/v1/artifact-fetches/[id]': 'there is none',
    '/api/v1/artifacts/[sha256]': 'takes uploads',
    '/api/v1/uploads': 'takes uploads',
    '/api/v1/uploads/[id]': 'tells of an upload to whoever began it',
    '/api/v1/emergency-stops': 'takes statements',
    '/api/v1/openapi.yaml': ['/api/v1/openapi.yaml'],
    '/api/v1/past-requests': [
      '/api/v1/past-requests',
      inTurn(
        '/api/v1/past-requests?limit=(one after the other)',
        (index) => `/api/v1/past-requests?limit=${100 - index}`,
      ),
    ],
    '/api/v1/projects/[slug]': [
      `/api/v1${project}`,
      `/api/v1/projects/${revokedProject}`,
      '/api/v1/projects/nothing',
    ],
    '/api/v1/projects/[slug]/policy-versions': [
      `/api/v1${project}/policy-versions`,
      `/api/v1${project}/policy-versions?limit=50`,
      inTurn(
        `/api/v1${project}/policy-versions?limit=50&cursor=(each)`,
        (index) => `/api/v1${project}/policy-versions?limit=50&cursor=${30 + index * 10}`,
      ),
    ],
    '/api/v1/reference': 'leads to the page',
    '/api/v1/requests': [
      '/api/v1/requests?limit=100',
      `/api/v1/requests?limit=100&cursor=${known.lastRequests}`,
      `/api/v1/requests?limit=100&project=${busiest}&status=completed`,
      '/api/v1/requests?status=failed',
    ],
    '/api/v1/requests/[id]': large.map((id) => `/api/v1/requests/${id}`),
    '/api/v1/requests/[id]/approval-statement': [`/api/v1/requests/${largest}/approval-statement`],
    '/api/v1/requests/[id]/approvals': 'takes decisions',
    '/api/v1/requests/[id]/artifact': [`/api/v1/requests/${largest}/artifact`],
    '/api/v1/requests/[id]/cancel': 'takes orders',
    '/api/v1/requests/[id]/resubmit': 'takes requests',
    '/api/v1/requests/[id]/events': 'stays open while the request moves on',
    '/api/v1/requests/[id]/report': [`/api/v1/requests/${largest}/report`],
    '/api/v1/requests/[id]/report/note': [`/api/v1/requests/${largest}/report/note`],
    '/api/v1/requests/[id]/signatures': [
      `/api/v1/requests/${largest}/signatures?limit=100`,
      `/api/v1/requests/${largest}/signatures?limit=100&after=${known.lastSignature}`,
    ],
    '/api/v1/requests/[id]/steps/[pass]/[step]': [
      `/api/v1${step(largest, 'inspection', '?limit=100')}`,
      `/api/v1${step(largest, 'inspection', `?limit=100&after=${known.lastFinding}`)}`,
      `/api/v1${step(largest, 'signing', '?limit=100')}`,
    ],
    '/api/v1/revocations': ['/api/v1/revocations'],
    '/api/v1/statistics': ['/api/v1/statistics'],
    '/api/v1/token-commands': 'takes commands',
    '/api/webhooks/github': 'takes deliveries',
    '/certificates': [
      '/certificates',
      '/certificates?page=200',
      '/certificates?state=revoked&page=20',
      `/certificates?q=${seededSerial(busiest)}`,
      inTurn(
        '/certificates?q=(two hundred letters, each time others)',
        (index) => `/certificates?q=${encodeURIComponent(`${index} ${long}`.slice(0, 200))}`,
      ),
    ],
    '/certificates/[file]': [`/certificates/${revokedSerial}.pem`],
    '/changes': ['/changes'],
    '/changes/[number]': ['/changes/1'],
    '/changes/[number]/edit': ['/changes/1/edit'],
    '/changes/new': ['/changes/new', `/changes/new?q=${busiest}`],
    '/emergency-stop': ['/emergency-stop', `/emergency-stop?scope=project&project=${busiest}`],
    '/foundation': ['/foundation'],
    '/healthz': ['/healthz'],
    '/metrics': ['/metrics'],
    '/pki/[file]': ['/pki/foundation-issuing.crl'],
    '/reference': ['/reference'],
    '/problems': ['/problems'],
    '/problems/[kind]': ['/problems/unknown-request'],
    '/policy/history': [
      '/policy/history',
      inTurn('/policy/history?cursor=(each)', (index) => `/policy/history?cursor=${25 + index * 11}`),
    ],
    '/policy/history/[commit]': [
      `/policy/history/${commit(0)}`,
      inTurn('/policy/history/(each commit)', (index) => `/policy/history/${commit(index)}`),
    ],
    '/projects': [
      '/projects',
      '/projects?q=program+42',
      '/projects?status=revoked',
      `/projects?q=${encodeURIComponent(long.trim())}`,
      `/projects?after=${Buffer.from('program 99\nproject-00099').toString('base64url')}`,
    ],
    '/projects/[slug]': [
      project,
      `/projects/${revokedProject}`,
      '/projects/project-01500',
      '/projects/nothing',
    ],
    '/projects/[slug]/badge.svg': [`${project}/badge.svg`],
    '/projects/[slug]/feed.xml': [`${project}/feed.xml`, `/projects/${revokedProject}/feed.xml`],
    '/projects/[slug]/first-release': [`${project}/first-release`, '/projects/zip-demo/first-release'],
    '/projects/[slug]/history': [
      `${project}/history`,
      inTurn(`${project}/history?cursor=(each)`, (index) => `${project}/history?cursor=${25 + index * 11}`),
      inTurn('/projects/(each)/history', (index) => `/projects/project-0${1100 + index}/history`),
    ],
    '/projects/[slug]/history/[commit]': [
      inTurn(`${project}/history/(each commit)`, (index) => `${project}/history/${commit(index + 20)}`),
    ],
    '/projects/[slug]/policy/[...file]': [
      `${project}/policy/projects/${busiest}/project.yaml`,
      `${project}/policy/foundation.yaml`,
      inTurn(
        `${project}/policy/…?commit=(each)`,
        (index) => `${project}/policy/projects/${busiest}/project.yaml?commit=${commit(index + 40)}`,
      ),
    ],
    '/projects/[slug]/submit': [`${project}/submit`],
    '/projects/[slug]/team': [`${project}/team`],
    '/projects/[slug]/tokens': [`${project}/tokens`],
    '/projects/[slug]/webhooks': [`${project}/webhooks`],
    '/projects/[slug]/webhooks/[id]': [`${project}/webhooks/a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10`],
    '/readyz': ['/readyz'],
    '/report': ['/report', `/report?project=${busiest}`],
    '/report/[token]': ['/report/nothing'],
    '/requests': [
      ...['/requests', '/requests?status=denied', '/requests?status=failed', `/requests?project=${busiest}`],
      ...[
        `/requests?cursor=${known.lastRequests}`,
        `/requests?project=${busiest}&cursor=${known.lastOfBusiest}`,
      ],
    ],
    '/requests/[id]': [
      ...[small, middle, largest].flatMap((id) => [`/requests/${id}`, `/requests/${id}?pass=1`]),
      '/requests/00000000-0000-4000-8000-000000000000',
    ],
    '/requests/[id]/download': [`/requests/${largest}/download`],
    '/requests/[id]/files': [small, middle, largest].flatMap((id) => [
      `/requests/${id}/files`,
      `/requests/${id}/files?file=part-0000999`,
    ]),
    '/requests/[id]/report': [`/requests/${largest}/report`, `/requests/${largest}/report?q=part`],
    '/requests/[id]/report/compare': [`/requests/${largest}/report/compare`],
    '/requests/[id]/steps/[pass]/[step]': [
      ...[small, middle, largest].flatMap((id) => [
        step(id, 'inspection'),
        step(id, 'signing'),
        step(id, 'signing', '?file=part-999'),
      ]),
      step(largest, 'inspection', `?after=${known.lastFinding}`),
    ],
    '/revocations': ['/revocations'],
    '/revocations/[serial]': [`/revocations/${revokedSerial}`],
    '/revocations/[serial]/appeal': [`/revocations/${revokedSerial}/appeal`],
    '/revocations/feed.xml': ['/revocations/feed.xml'],
    '/revocations/new': [`/revocations/new?serial=${revokedSerial}`, `/revocations/new?project=${busiest}`],
    '/schemas/[name]': ['/schemas/project.schema.json'],
    '/search': [
      ...['/search', '/search?q=program', `/search?q=${'a'.repeat(64)}`, `/search?q=${known.sha256}`],
      `/search?q=${encodeURIComponent(long.trim())}`,
    ],
    '/sign-in': ['/sign-in'],
    '/status': ['/status'],
    '/apply': ['/apply'],
    '/applications': ['/applications'],
    '/approvals': ['/approvals'],
    '/reviews': ['/reviews'],
    '/reports': ['/reports'],
    '/messages': ['/messages'],
    '/nothing': ['/nothing', '/projects/%00', `/${'x'.repeat(2000)}`],
  };
}

export const sizes = `${size.projects} projects, ${size.requests} requests, ${size.certificates} certificates, ${size.revocations} revocations, ${size.policyVersions} policy versions`;

/** Addresses of the build that answer to GET. */
export function routes(): readonly string[] {
  const project = join(import.meta.dirname, '..', '..');
  return globSync('app/**/{page.tsx,route.ts}', { cwd: project })
    .filter((file) => file.endsWith('page.tsx') || /GET\b/.test(readFileSync(join(project, file), 'utf8')))
    .map((file) =>
      `/${file.replace(/^app\//, '').replace(/\([a-z]+\)\//g, '')}`.replace(
        /\/?(?:page\.tsx|route\.ts)$/,
        '',
      ),
    )
    .map((route) => (route === '' ? '/' : route))
    .sort();
}
