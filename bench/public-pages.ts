/**
 * `npm run bench:public-pages`: what each page, feed and answer that anybody may ask for costs the portal, in processor time, past the cache of
 * pages. 500 projects, 5,000 requests, one request of 1,000 files, 10,000 certificates. An address of the build that isn't measured is named.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startFoundation, startPortalOf } from '../dev/foundation/index.ts';
import { addLargeRequest, addProjects, fillDatabase, usualSize } from '../dev/seed/index.ts';
import { removeServiceFolder, startStack } from '../dev/stack/index.ts';

const cpuMillisecondsMax = 100;
const asked = Number(process.env['BENCH_ASKED'] ?? '10');
const certificates = 10_000;
/** A cookie takes a page past the cache, and is nobody's. */
const headers = { cookie: 'nobody=1' };

const state = mkdtempSync(join(tmpdir(), 'countersign-bench-pages-'));
const stack = await startStack({ state, signatures: 'test' });
try {
  const foundation = await startFoundation(stack, { adapt: (folder) => addProjects(folder, usualSize) });
  await fillDatabase(stack.database.owner, usualSize);
  const owner = new pg.Client({ connectionString: stack.database.owner });
  await owner.connect();
  const request = await addLargeRequest(owner, 1000, 'project-00042');
  const { rows } = await owner.query<{ commit: string }>(
    'SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1',
  );
  await owner.query('ANALYZE');
  await owner.end();
  addCertificates(join(stack.paths.keys, 'registry.json'));
  const portal = await startPortalOf(foundation);
  await measure(portal, request, rows[0]?.commit ?? '');
} finally {
  await stack.stop();
  removeServiceFolder(stack.paths.postgres);
  rmSync(state, { recursive: true, force: true });
}

/** Entries for one certificate many times over: the file's size and the list's are what costs. */
function addCertificates(file: string): void {
  const registry = JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, unknown>[] };
  const [model] = registry.keys.filter((one) => one['purpose'] === 'release');
  if (model === undefined) return;
  const more = Array.from({ length: certificates }, (_, index) => ({
    ...model,
    project: `project-${String(index % usualSize.projects).padStart(5, '0')}`,
    name: `release-${index}`,
  }));
  writeFileSync(file, JSON.stringify({ ...registry, keys: [...registry.keys, ...more] }));
}

async function measure(
  portal: { readonly url: string; readonly pid: number },
  request: string,
  commit: string,
): Promise<void> {
  const project = '/projects/project-00042';
  const pages: Readonly<Record<string, readonly string[]>> = {
    '/': ['/'],
    '/about': ['/about'],
    '/certificates': ['/certificates'],
    '/changes': ['/changes'],
    '/changes/new': ['/changes/new'],
    '/emergency-stop': ['/emergency-stop'],
    '/foundation': ['/foundation'],
    '/policy/history': ['/policy/history'],
    '/policy/history/[commit]': [`/policy/history/${commit}`],
    '/projects': ['/projects', '/projects?q=program+42', '/projects?status=revoked'],
    '/projects/[slug]': [project],
    '/projects/[slug]/badge.svg': [`${project}/badge.svg`],
    '/projects/[slug]/feed.xml': [`${project}/feed.xml`],
    '/projects/[slug]/first-release': [`${project}/first-release`],
    '/projects/[slug]/history': [`${project}/history`],
    '/projects/[slug]/history/[commit]': [`${project}/history/${commit}`],
    '/projects/[slug]/policy/[...file]': [
      `${project}/policy/projects/project-00042/project.yaml`,
      `${project}/policy/foundation.yaml`,
    ],
    '/projects/[slug]/submit': [`${project}/submit`],
    '/projects/[slug]/tokens': [`${project}/tokens`],
    '/report': ['/report'],
    '/requests': ['/requests', '/requests?status=denied', '/requests?project=project-00042'],
    '/requests/[id]': [`/requests/${request}`, `/requests/${request}?pass=1`],
    '/requests/[id]/files': [`/requests/${request}/files`],
    '/requests/[id]/steps/[pass]/[step]': [
      `/requests/${request}/steps/2/inspection`,
      `/requests/${request}/steps/2/signing?file=part-999`,
    ],
    '/revocations': ['/revocations'],
    '/revocations/feed.xml': ['/revocations/feed.xml'],
    '/search': ['/search', '/search?q=program', `/search?q=${'a'.repeat(64)}`],
    '/status': ['/status'],
    '/apply': ['/apply'],
    '/sign-in': ['/sign-in'],
    '/api/v1/openapi.yaml': ['/api/v1/openapi.yaml'],
    '/api/v1/past-requests': ['/api/v1/past-requests?limit=100'],
    '/api/v1/projects/[slug]': ['/api/v1/projects/project-00042'],
    '/api/v1/projects/[slug]/policy-versions': ['/api/v1/projects/project-00042/policy-versions'],
    '/api/v1/requests': ['/api/v1/requests?limit=100'],
    '/api/v1/requests/[id]': [`/api/v1/requests/${request}`],
    '/api/v1/requests/[id]/signatures': [`/api/v1/requests/${request}/signatures?limit=100`],
    '/api/v1/requests/[id]/steps/[pass]/[step]': [`/api/v1/requests/${request}/steps/2/inspection?limit=100`],
    '/api/v1/revocations': ['/api/v1/revocations'],
    '/api/v1/statistics': ['/api/v1/statistics'],
    '/healthz': ['/healthz'],
    '/readyz': ['/readyz'],
    '/metrics': ['/metrics'],
  };
  console.log(`\nmilliseconds of the portal's processor for each of ${asked} answers, past the cache\n`);
  for (const path of Object.values(pages).flat()) {
    for (let warm = 0; warm < 3; warm += 1) await ask(portal.url, path);
    const before = cpuMilliseconds(portal.pid);
    let [bytes, status] = [0, 0];
    for (let time = 0; time < asked; time += 1) [status, bytes] = await ask(portal.url, path);
    const each = (cpuMilliseconds(portal.pid) - before) / asked;
    const over = each > cpuMillisecondsMax ? '  OVER' : '';
    console.log(
      `${each.toFixed(0).padStart(5)} ms  ${(bytes / 1000).toFixed(0).padStart(6)} kB  ${status}  ${path.replaceAll(request, 'ID').replaceAll(commit, 'COMMIT').slice(0, 90)}${over}`,
    );
  }
  const missing = routes().filter((route) => !Object.hasOwn(pages, route));
  console.log(`\nnot measured: ${missing.join(', ')}`);
}

/** The addresses of the build that answer to GET, but of areas that need a session. */
function routes(): readonly string[] {
  const project = join(import.meta.dirname, '..');
  return globSync('app/**/{page.tsx,route.ts}', { cwd: project })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(
      (file) =>
        file.endsWith('page.tsx') || readFileSync(join(project, file), 'utf8').includes('function GET'),
    )
    .map((file) =>
      `/${file.replace(/^app\//, '').replace(/\([a-z]+\)\//g, '')}`.replace(/\/(?:page\.tsx|route\.ts)$/, ''),
    )
    .map((route) => (route === '' ? '/' : route))
    .sort();
}

async function ask(url: string, path: string): Promise<[status: number, bytes: number]> {
  const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
  return [answer.status, (await answer.arrayBuffer()).byteLength];
}

/** Of all threads of a process, in user and kernel mode (proc_pid_stat(5), fields 14 and 15, in hundredths of a second). */
function cpuMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
