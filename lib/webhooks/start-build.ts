/**
 * An event as a host takes it to start a workflow or pipeline. Where it goes follows from the accepted policy alone; what goes there are
 * names and digests whose form is known: a workflow may put them into a shell, and must meet nothing there that somebody else chose. Pure.
 */
import type { ProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { StartingFormat, WebhookEvent } from '#core/wire/webhook/index.ts';
import { apiOf, buildPlaceOf } from '../platform/build-host/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';
import type { Posting } from '../platform/page-fetch/index.ts';

type Config = Pick<PortalConfig, 'publishing'>;

export interface StartPlace {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Numeric id, of the repository or project. */
  readonly id: string;
  readonly path: string;
}

/** Of one policy, or (null) of the project's first whose origin is with this provider. null: there is none, or nobody knows its API. */
export function startPlaceOf(
  config: Config,
  snapshot: PolicySnapshot,
  { project, policy, format }: { project: ProjectSlug; policy: string | null; format: StartingFormat },
): StartPlace | null {
  const policies = snapshot.projects.get(project)?.policies ?? new Map<string, never>();
  for (const [slug, document] of policies) {
    if (policy !== null && slug !== policy) continue;
    const place = buildPlaceOf(snapshot, document);
    if (place?.provider !== format) continue;
    const apiUrl = apiOf(config, place.provider, place.issuer);
    if (apiUrl !== null) return { apiUrl, id: place.id, path: place.path };
  }
  return null;
}

export function startRequest(
  format: StartingFormat,
  { apiUrl, id, path }: StartPlace,
  content: { readonly token: string; readonly ref: string | undefined },
  event: WebhookEvent,
): Posting {
  const facts = factsOf(event);
  switch (format) {
    case 'github': {
      const [owner = '', repository = ''] = path.split('/').map(encodeURIComponent);
      return {
        url: `${apiUrl}/repos/${owner}/${repository}/dispatches`,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${content.token}`,
          'content-type': 'application/json',
          'x-github-api-version': '2022-11-28',
        },
        body: JSON.stringify({ event_type: `countersign.${event.type}`, client_payload: facts }),
      };
    }
    case 'gitlab': {
      const form = new URLSearchParams({ token: content.token, ref: content.ref ?? '' });
      for (const [name, value] of Object.entries({ event: event.type, ...facts }))
        form.set(`variables[${variableOf(name)}]`, value);
      return {
        url: `${apiUrl}/projects/${encodeURIComponent(id)}/trigger/pipeline`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      };
    }
  }
}

/** `releaseSha256` → `COUNTERSIGN_RELEASE_SHA256`. */
const variableOf = (name: string): string =>
  `COUNTERSIGN_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** At most ten: GitHub takes no more. No name of a file and no sentence, which others write. */
function factsOf({ type, timestamp, data }: WebhookEvent): Readonly<Record<string, string>> {
  const { project, url } = data;
  const facts = { project, url, timestamp: timestamp.toISOString() };
  if (!('request' in data)) return facts;
  const { policy, request, artifact, sourceCommit } = data;
  const commit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(sourceCommit ?? '')?.[0];
  return {
    ...facts,
    policy,
    request,
    artifactSha256: artifact.sha256,
    ...(commit === undefined ? {} : { sourceCommit: commit }),
    ...(type === 'request.completed'
      ? { releaseSha256: data.release.sha256, download: data.release.download }
      : {}),
  };
}
