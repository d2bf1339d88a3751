/** The demo's report, and the pages the journeys visit. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const reportSchema = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      project: z.string(),
      policy: z.string(),
      status: z.string(),
      reasons: z.array(z.object({ message: z.string(), rule: z.string() })),
    }),
  ),
});

export type ReportedRequest = z.infer<typeof reportSchema>['requests'][number];

/** Requests of the demo that ended with this status, in the order they were made. */
export function requestsThatEnded(status: 'completed' | 'denied'): readonly ReportedRequest[] {
  const file = process.env['COUNTERSIGN_REPORT'];
  if (file === undefined) throw new Error('COUNTERSIGN_REPORT names no report of the demo');
  const { requests } = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return requests.filter((request) => request.status === status);
}

export function theSignedOne(): ReportedRequest {
  const [first] = requestsThatEnded('completed');
  if (first === undefined) throw new Error('the demo signed nothing');
  return first;
}

/** Every kind of page, by what it is. */
export function everyPage(): readonly (readonly [name: string, path: string])[] {
  const signed = theSignedOne();
  return [
    ['home', '/'],
    ['foundation', '/foundation'],
    ['projects', '/projects'],
    ['no project matches', '/projects?q=nothing-of-this-name'],
    ['project', `/projects/${signed.project}`],
    [
      'policy source',
      `/projects/${signed.project}/policy/projects/${signed.project}/policies/${signed.policy}.yaml`,
    ],
    ['requests', '/requests'],
    ['empty list', '/requests?status=failed'],
    ['signed request', `/requests/${signed.id}`],
    ...requestsThatEnded('denied').map(
      (request) => [`denied request ${request.name}`, `/requests/${request.id}`] as const,
    ),
    ['search without a match', '/search?q=nothing-of-this-name'],
    ['policy changes', '/changes'],
    ['policy history of a project', `/projects/${signed.project}/history`],
    ['policy history', '/policy/history'],
    ['conditions of the foundation', '/apply'],
    ['certificates', '/certificates'],
    ['revocations', '/revocations'],
    ['report a problem', '/report'],
    ['emergency stop', '/emergency-stop'],
    ['emergency stop, to be signed', '/emergency-stop?what=*&action=stop&reason=It%E2%80%99s+a+drill.'],
    ['service state', '/status'],
    ['how it works', '/about'],
    ['the API', '/reference'],
    ['problems', '/problems'],
    ['a problem', '/problems/unknown-request'],
    ['team, signed out', `/projects/${signed.project}/team`],
    ['way to a release, signed out', `/projects/${signed.project}/first-release`],
    ['upload, signed out', `/projects/${signed.project}/submit`],
    ['tokens, signed out', `/projects/${signed.project}/tokens`],
    ['webhooks, signed out', `/projects/${signed.project}/webhooks`],
    ['signed files', `/requests/${signed.id}/files`],
    ['inspection report', `/requests/${signed.id}/report`],
    ['inspection reports compared', `/requests/${signed.id}/report/compare`],
    ['step of a request', `/requests/${signed.id}/steps/1/origin`],
    ['search with a match', `/search?q=${signed.project}`],
    ['stop e-mail, by no link of ours', '/unsubscribe/no-such-link'],
    ['outbox', '/outbox'],
    ['sign-in', '/sign-in'],
    ['not found', '/no-such-page'],
  ];
}
