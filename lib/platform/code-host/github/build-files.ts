/** Artifacts of GitHub Actions, and GitHub's attestations. */
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { openDownloader } from '../../page-fetch/index.ts';
import type { BuildFiles } from '../build-files.ts';
import { CodeHostError } from '../error.ts';
import type { GitHub } from './ask.ts';
import { dispositionName } from './disposition-name.ts';
import { pathOf } from './paths.ts';
import { redirectOf } from './redirect.ts';

const wholeId = z.int().positive();
const artifactSchema = z.object({
  name: z.string().min(1).max(500),
  size_in_bytes: z.int().nonnegative(),
  expired: z.boolean(),
  digest: z.string().nullish(),
  workflow_run: z.object({ id: wholeId, repository_id: wholeId }).partial().nullish(),
});
/** The API's next version gives an address in place of each bundle. */
const version = '2022-11-28';
const attestationsSchema = z.object({
  attestations: z.array(z.object({ bundle: z.record(z.string(), z.unknown()).nullish() })).max(100),
});
const perPage = 30;
/** A slow line carries the largest artifacts in that time; nobody waits for it. */
const timeoutMilliseconds = 30 * 60_000;
const idleMilliseconds = 30_000;

export function buildFilesOf(
  github: GitHub,
  limits: { readonly idleMilliseconds?: number } = {},
): BuildFiles {
  // A host on this machine, of development and tests, has its files here, too.
  const allowLoopback = /^(?:127\.|localhost$|\[::1\]$)/.test(new URL(github.apiUrl).hostname);
  const fetchFrom = openDownloader({ allowLoopback, timeoutMilliseconds, idleMilliseconds, ...limits });
  const read = <S extends z.ZodType>(token: string | null, path: string, schema: S, api?: string) => {
    const options = api === undefined ? {} : { version: api };
    return token === null ? github.read(path, schema, options) : github.readAs(token, path, schema, options);
  };
  const pathOfFile = (place: Parameters<typeof pathOf>[0], id: string): string =>
    `${pathOf(place)}/actions/artifacts/${encodeURIComponent(id)}`;

  return {
    advice: {
      run: 'Name the artifact that this run uploaded, and the run: the outputs of actions/upload-artifact and github.run_id say both.',
      access: 'Send the GITHUB_TOKEN of a job that is still running, with the permission actions: read.',
      retention: 'Build again, and have it signed within the artifact’s retention time (retention-days).',
    },
    hasOwnToken: () => github.ownToken() !== null,
    async file(place, id, token) {
      const found = await read(token, pathOfFile(place, id), artifactSchema);
      const run = found.workflow_run;
      return {
        name: found.name,
        sizeBytes: found.size_in_bytes,
        sha256: /^sha256:([0-9a-f]{64})$/.exec(found.digest ?? '')?.[1] ?? null,
        expired: found.expired,
        run:
          run?.id === undefined || run.repository_id === undefined
            ? null
            : { id: String(run.id), repositoryId: String(run.repository_id) },
      };
    },
    async open(place, { id, name }, token) {
      const { apiUrl } = github;
      const path = `${pathOfFile(place, id)}/zip`;
      const location = await redirectOf({ apiUrl, path, token: token ?? github.ownToken() });
      if (location === null) return null;
      const download = await fetchFrom(location);
      const { headers, bytes } = download;
      const told = dispositionName(headers['content-disposition']);
      const isZip = /^application\/(?:x-)?zip\b/i.test(headers['content-type'] ?? '');
      // One that was uploaded as it is keeps its name; one that the host packed has the artifact's, with an ending.
      const packed = isZip && (told === null ? !/\.zip$/i.test(name) : told === `${name}.zip`);
      const length = Number(headers['content-length'] ?? Number.NaN);
      return {
        bytes,
        close: () => download.close(),
        packed,
        name: packed ? `${name}.zip` : (told ?? name),
        sizeBytes: Number.isSafeInteger(length) ? length : null,
      };
    },
    async attestations(place, sha256, token) {
      const path = `${pathOf(place)}/attestations/sha256:${sha256}?per_page=${perPage}&predicate_type=provenance`;
      const found = await orNone(read(token, path, attestationsSchema, version));
      return (found?.attestations ?? []).flatMap(({ bundle }) =>
        bundle === null || bundle === undefined ? [] : [bundle],
      );
    },
  };
}

/** Of a digest that nothing attests, GitHub says 404. */
async function orNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isError(error, CodeHostError) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
