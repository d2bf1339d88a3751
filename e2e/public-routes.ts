/** Every route that answers to somebody who isn't signed in, and where a journey about a release has to look. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const app = join(import.meta.dirname, '..', 'app');
/** Pages of these folders are for people who signed in. */
const personal = ['(applicant)', '(auditor)', '(maintainer)', '(reviewer)'];

/** Routes as their folders say them, such as `/requests/[id]`: found in the source, so that a new one can't be forgotten. */
export function publicRoutes(): readonly string[] {
  const found = readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|\/)(?:page\.tsx|route\.ts)$/.test(file))
    .filter((file) => !personal.some((folder) => file.startsWith(`${folder}/`)))
    .map((file) =>
      file
        .split('/')
        .slice(0, -1)
        .filter((part) => !part.startsWith('('))
        .join('/'),
    )
    .map((path) => `/${path}`);
  return [...new Set(found)].toSorted();
}

export interface Release {
  readonly id: string;
  readonly project: string;
  readonly policy: string;
  /** Of the released file. */
  readonly sha256: string;
  /** Of the first signed file in it. */
  readonly signedSha256: string;
  /** Of its certificate. */
  readonly serial: string;
}

interface Place {
  /** Where the release is spoken of. */
  readonly addresses?: readonly string[];
  /** Where only its project or its certificate is, or nothing that was signed. */
  readonly silent?: readonly string[];
  /** Why nobody has to look. */
  readonly why?: string;
}

const unspoken = 'says nothing of anything that was signed';

/** A public route that isn't here fails the journey: whoever adds one says what it says of a revoked release. */
export const places = (release: Release): Readonly<Record<string, Place>> => ({
  '/': { addresses: ['/'] },
  '/about': { silent: ['/about'] },
  '/api/auth/[...nextauth]': { why: unspoken },
  '/api/projects/[slug]/upload': { why: 'takes uploads and gives nothing' },
  '/api/samples': { why: 'takes uploads and gives nothing' },
  '/api/signpath/[organization]/SigningRequests': { why: 'takes requests and gives nothing' },
  '/api/signpath/[organization]/SigningRequests/[id]/SignedArtifact': {
    why: 'gives the file, and none that is revoked: its route’s cases',
  },
  '/api/signpath/[organization]/SigningRequests/[id]/Status': {
    why: 'says where a request stands, not what was signed',
  },
  '/api/unsubscribe/[token]': { why: unspoken },
  '/api/v1/artifact-fetches': { why: 'takes files and gives nothing' },
  '/api/v1/artifact-fetches/[id]': { why: unspoken },
  '/api/v1/artifacts/[sha256]': { why: 'takes uploads and gives nothing' },
  '/api/v1/uploads': { why: 'takes uploads and gives nothing' },
  '/api/v1/uploads/[id]': { why: 'takes uploads and gives nothing' },
  '/api/v1/emergency-stops': { silent: ['/api/v1/emergency-stops'] },
  '/api/v1/openapi.yaml': { why: unspoken },
  '/api/v1/past-requests': { why: 'facts of the day on which it was decided, for trying out policies' },
  '/api/v1/projects/[slug]': { addresses: [`/api/v1/projects/${release.project}`] },
  '/api/v1/projects/[slug]/policy-versions': {
    silent: [`/api/v1/projects/${release.project}/policy-versions`],
  },
  '/api/v1/reference': { why: unspoken },
  '/api/v1/requests': {
    addresses: ['/api/v1/requests', `/api/v1/requests?project=${release.project}&status=completed`],
  },
  '/api/v1/requests/[id]': { addresses: [`/api/v1/requests/${release.id}`] },
  '/api/v1/requests/[id]/approval-statement': { why: 'only of requests that wait' },
  '/api/v1/requests/[id]/approvals': { why: 'takes decisions and gives nothing' },
  '/api/v1/requests/[id]/artifact': { why: 'gives the file: see the journey about downloads' },
  '/api/v1/requests/[id]/cancel': { why: 'takes an order and says what it was' },
  '/api/v1/requests/[id]/events': { why: 'says no more of a release than that it is completed' },
  '/api/v1/requests/[id]/report': { why: 'what the signer found on its day' },
  '/api/v1/requests/[id]/report/note': { why: 'what was signed on its day' },
  '/api/v1/requests/[id]/resubmit': { why: 'takes a request and says its id' },
  '/api/v1/requests/[id]/signatures': { addresses: [`/api/v1/requests/${release.id}/signatures`] },
  '/api/v1/requests/[id]/steps/[pass]/[step]': { why: 'what a step found on its day' },
  '/api/v1/revocations': { silent: ['/api/v1/revocations'] },
  '/api/v1/statistics': { silent: ['/api/v1/statistics'] },
  '/api/v1/token-commands': { why: 'takes commands' },
  '/api/webhooks/github': { why: unspoken },
  '/api/webhooks/publishing': { why: unspoken },
  '/certificates': { silent: ['/certificates', `/certificates?q=${release.serial}`] },
  '/certificates/[file]': { why: 'gives a certificate’s bytes' },
  '/changes': { silent: ['/changes'] },
  '/changes/[number]': { why: unspoken },
  '/changes/[number]/edit': { why: unspoken },
  '/changes/new': { why: unspoken },
  '/confirm-address/[token]': { why: unspoken },
  '/emergency-stop': { silent: ['/emergency-stop'] },
  '/foundation': { silent: ['/foundation'] },
  '/healthz': { why: unspoken },
  '/metrics': { why: unspoken },
  '/openpgpkey/[...path]': { why: 'keys, of which each says itself whether it is revoked' },
  '/pki/[file]': { why: 'gives the signed list' },
  '/policy/history': { silent: ['/policy/history'] },
  '/policy/history/[commit]': { why: unspoken },
  '/reference': { silent: ['/reference'] },
  '/problems': { silent: ['/problems'] },
  '/problems/[kind]': { why: unspoken },
  '/projects': { silent: ['/projects', '/projects?status=active', '/projects?status=revoked'] },
  '/projects/[slug]': { addresses: [`/projects/${release.project}`] },
  '/projects/[slug]/badge.svg': { silent: [`/projects/${release.project}/badge.svg`] },
  '/projects/[slug]/feed.xml': { addresses: [`/projects/${release.project}/feed.xml`] },
  '/projects/[slug]/first-release': { silent: [`/projects/${release.project}/first-release`] },
  '/projects/[slug]/history': { silent: [`/projects/${release.project}/history`] },
  '/projects/[slug]/history/[commit]': { why: unspoken },
  '/projects/[slug]/policy/[...file]': { why: unspoken },
  '/projects/[slug]/submit': { why: 'takes files from the project’s people' },
  '/projects/[slug]/team': { silent: [`/projects/${release.project}/team`] },
  '/projects/[slug]/tokens': { why: unspoken },
  '/projects/[slug]/webhooks': { why: unspoken },
  '/projects/[slug]/webhooks/[id]': { why: unspoken },
  '/readyz': { why: unspoken },
  '/report': { silent: ['/report'] },
  '/report/[token]': { why: unspoken },
  '/requests': {
    addresses: ['/requests', '/requests?status=completed', `/requests?project=${release.project}`],
  },
  '/requests/[id]': { addresses: [`/requests/${release.id}`] },
  '/requests/[id]/download': { addresses: [`/requests/${release.id}/download`] },
  '/requests/[id]/files': { addresses: [`/requests/${release.id}/files`] },
  '/requests/[id]/report': { why: 'what the signer found on its day' },
  '/requests/[id]/report/compare': { why: 'what the signer found on two days' },
  '/requests/[id]/steps/[pass]/[step]': { why: 'what a step found on its day' },
  '/revocations': { silent: ['/revocations'] },
  '/revocations/[serial]': { addresses: [`/revocations/${release.serial}`] },
  '/revocations/[serial]/appeal': { why: unspoken },
  '/revocations/feed.xml': { silent: ['/revocations/feed.xml'] },
  '/revocations/new': { why: unspoken },
  '/schemas/[name]': { why: unspoken },
  '/search': {
    addresses: [`/search?q=${release.sha256}`, `/search?q=${release.signedSha256}`],
    silent: [`/search?q=${release.project}`],
  },
  '/sign-in': { why: unspoken },
  '/status': { silent: ['/status'] },
  '/unsubscribe/[token]': { why: unspoken },
});
