/**
 * Files of GitLab's jobs, each by itself: GitLab packs what a job leaves into a zip of its own after the job has ended, so no job can attest
 * that, but it gives out single files of it as they were. It says no digest of either.
 */
import { z } from 'zod';
import { openDownloader } from '../../page-fetch/index.ts';
import type { BuildFiles } from '../build-files.ts';
import { CodeHostError } from '../error.ts';
import type { RepositoryPlace } from '../questions.ts';
import type { GitLab } from './ask.ts';
import { openFile } from './open-file.ts';
import { pathOf } from './paths.ts';

const id = z.int().positive();
/** https://docs.gitlab.com/api/jobs/#retrieve-a-job */
const jobSchema = z.object({
  id,
  pipeline: z.object({ id, project_id: id }),
  artifacts_file: z.object({ filename: z.string().max(1_000) }).nullish(),
  artifacts_expire_at: z.string().max(40).nullish(),
});
/** A slow line carries the largest artifacts in that time; nobody waits for it. */
const timeoutMilliseconds = 30 * 60_000;
const idleMilliseconds = 30_000;

/** `JOB/PATH`: of the artifacts of a job one file. Without a path, or with one that leads elsewhere, another question would be asked. */
const parse = (file: string): { readonly job: string; readonly steps: readonly string[] } => {
  const [job = '', ...steps] = file.split('/');
  const isFile = steps.length > 0 && steps.every((step) => !['', '.', '..'].includes(step));
  if (/^[1-9]\d{0,18}$/.test(job) && isFile && !/\p{C}/u.test(file)) return { job, steps };
  throw new CodeHostError('NOT_FOUND', 'no file of a job is called so');
};

export function buildFilesOf(
  gitlab: GitLab,
  now: () => Date,
  limits: { readonly idleMilliseconds?: number } = {},
): BuildFiles {
  const { apiUrl } = gitlab;
  const times = { timeoutMilliseconds, idleMilliseconds, ...limits };
  // A host on this machine, of development and tests, has its files here, too.
  const allowLoopback = /^(?:127\.|localhost$|\[::1\]$)/.test(new URL(apiUrl).hostname);
  const fetchFrom = openDownloader({ allowLoopback, ...times });
  const jobPath = (place: RepositoryPlace, job: string): string =>
    `${pathOf(place)}/jobs/${encodeURIComponent(job)}`;

  return {
    // The configuration names one: GitLab isn't asked without.
    hasOwnToken: () => true,
    advice: {
      run: 'Name the job whose artifacts hold the file, and its pipeline: CI_JOB_ID and CI_PIPELINE_ID say both.',
      access:
        'Send an access token of the project with read_api, or let everybody read the job’s artifacts (artifacts: public).',
      retention: 'Build again, and have it signed within the artifacts’ time (expire_in).',
    },
    async file(place, file, token) {
      const { job, steps } = parse(file);
      const path = jobPath(place, job);
      const found = await gitlab.read(path, jobSchema, token);
      if (String(found.id) !== job)
        throw new CodeHostError('UNAVAILABLE', `GET ${path}: the host answered about another job`);
      const hasFiles = found.artifacts_file !== null && found.artifacts_file !== undefined;
      // GitLab keeps the newest for longer than it says: what is there isn't expired.
      const isOver = Date.parse(found.artifacts_expire_at ?? '') <= now().getTime();
      if (!hasFiles && !isOver) throw new CodeHostError('NOT_FOUND', `GET ${path}: the job has no artifacts`);
      return {
        name: steps.at(-1) ?? '',
        // What GitLab says is the size of its zip.
        sizeBytes: null,
        sha256: null,
        expired: !hasFiles,
        run: { id: String(found.pipeline.id), repositoryId: String(found.pipeline.project_id) },
      };
    },
    async open(place, { id: file, name }, token) {
      const { job, steps } = parse(file);
      const path = `${jobPath(place, job)}/artifacts/${steps.map((step) => encodeURIComponent(step)).join('/')}`;
      const opened = await openFile({ apiUrl, path, token: token ?? gitlab.ownToken(), ...times });
      const download = typeof opened === 'string' ? await fetchFrom(opened) : opened;
      const length = Number(download.headers['content-length'] ?? Number.NaN);
      const sizeBytes = Number.isSafeInteger(length) ? length : null;
      return { bytes: download.bytes, close: () => download.close(), name, packed: false, sizeBytes };
    },
    // GitLab keeps none that says of which file it is: they are sent along.
    attestations: async () => [],
  };
}
