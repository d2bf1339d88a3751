/** The request of this run: one that is named, one that an earlier attempt made, or a new one. */
import path from 'node:path';
import { sameParameters } from '#core/wire/parameters/index.ts';
import {
  hashFile,
  identityToken,
  listRequests,
  readRequest,
  submit,
  uploadResumable,
  type Hashed,
  type OnProgress,
  type Portal,
  type Token,
} from '../cli/client/index.ts';
import { fetchArtifact } from './artifacts/fetch.ts';
import { openArtifactService } from './artifacts/service.ts';
import { findBundle } from './find-bundle.ts';
import { findFile } from './find-file.ts';
import type { Inputs, Source, Submission } from './read-inputs.ts';
import { masks } from './runner/commands.ts';
import type { Environment } from './runner/environment.ts';

/** What a run has to work with. */
export interface Step {
  readonly environment: Environment;
  /** Where paths begin: the workspace. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** A workflow command. */
  readonly command: (line: string) => void;
  /** A line of the log. */
  readonly say: (text: string) => void;
  /** Set once there is a request. */
  made: FoundRequest | null;
}

export interface FoundRequest {
  readonly id: string;
  readonly url: string;
  /** It was there before this run. */
  readonly attached: boolean;
  readonly submitted: { readonly name: string; readonly sha256: string } | null;
}

/** Requests that an earlier attempt may have made are looked for among so many of the project's newest. */
const earlierMax = 300;

/** Each identity token is hidden in the log before it is used. */
export function portalOf(step: Step, { portal, token }: Pick<Inputs, 'portal' | 'token'>): Portal {
  if (token !== null) return { url: portal, token };
  const fetched = identityToken({
    environment: step.environment,
    portalUrl: portal,
    signal: step.signal,
  }) as Exclude<Token, string | null>;
  const hidden = new Set<string>();
  return {
    url: portal,
    async token(wish) {
      const one = await fetched(wish);
      if (!hidden.has(one)) for (const mask of masks(one)) step.command(mask);
      hidden.add(one);
      return one;
    },
  };
}

export async function findRequest(step: Step, inputs: Inputs): Promise<FoundRequest> {
  const { task } = inputs;
  const portal = portalOf(step, inputs);
  if (task.kind === 'attach') {
    const { id } = await readRequest(portal, task.request, step);
    return { id, url: pageOf(portal, id), attached: true, submitted: null };
  }
  const file = await fileOf(step, task.source);
  const hashed = await hashFile(file, step);
  const submitted = { name: path.basename(file), sha256: hashed.sha256 };
  step.say(`${submitted.name}: ${hashed.sizeBytes} bytes, SHA-256 ${hashed.sha256}`);
  const earlier = await findEarlier(step, portal, task, hashed);
  if (earlier !== null) return { id: earlier, url: pageOf(portal, earlier), attached: true, submitted };
  const { bundleFrom } = task;
  const bundle = bundleFrom === null ? await findBundle(task.bundle, hashed.sha256, step) : null;
  if (bundleFrom !== null) step.say('The portal looks its attestation up where the host keeps it.');
  else if (bundle === null) step.say('No attestation was found for it: it is submitted without.');
  await uploadResumable(portal, {
    project: task.project,
    file,
    hashed,
    signal: step.signal,
    onProgress: progressOf(step),
  });
  const { id, created } = await submit(
    portal,
    {
      project: task.project,
      policy: task.policy,
      artifact: submitted,
      ...(bundle === null ? {} : { bundle }),
      ...(bundleFrom === null ? {} : { bundleFrom }),
      ...(Object.keys(task.parameters).length === 0 ? {} : { parameters: task.parameters }),
      ...(task.supersede ? { supersedes: true } : {}),
    },
    step,
  );
  return { id, url: pageOf(portal, id), attached: created === false, submitted };
}

/** By its id alone: where a link leads is said by the workflow, not by an answer. */
const pageOf = ({ url }: Portal, id: string): string => `${url}/requests/${encodeURIComponent(id)}`;

async function fileOf(step: Step, source: Source): Promise<string> {
  if (source.kind === 'file') return findFile(source.pattern, step.folder);
  const by = source.by === 'id' ? { id: source.value } : { name: source.value };
  const folder = step.environment['RUNNER_TEMP'] ?? step.folder;
  const { file, id } = await fetchArtifact(openArtifactService(step.environment), by, {
    folder,
    signal: step.signal,
  });
  step.say(`Artifact ${id} of this run`);
  return file;
}

/**
 * When a job is run again, the request of the attempt before it is there, and the policy may take no request from an attempt of its own
 * (origin.rerun). The newest one for the same bytes, policy and parameters that isn't lost is gone on with.
 */
async function findEarlier(
  step: Step,
  portal: Portal,
  task: Submission,
  { sha256 }: Hashed,
): Promise<string | null> {
  if (!/^(?:[2-9]|\d{2,5})$/.test(step.environment['GITHUB_RUN_ATTEMPT'] ?? '1')) return null;
  const { requests } = await listRequests(portal, { project: task.project, limit: earlierMax }, step);
  for (const one of requests) {
    const isLost = ['denied', 'failed'].includes(one.status);
    if (isLost || one.policy !== task.policy || one.artifact?.['sha256'] !== sha256) continue;
    const { parameters } = await readRequest(portal, one.id, step);
    if (sameParameters(valuesOf(parameters), task.parameters)) return one.id;
  }
  return null;
}

const valuesOf = (value: unknown): Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, string>>) : {};

/** A line for each quarter. */
export function progressOf(step: Step): OnProgress {
  let told = 0;
  return ({ phase, bytes, total }) => {
    const quarter = total === 0 ? 4 : Math.floor((4 * bytes) / total);
    if (quarter <= told) return;
    told = quarter;
    step.say(`${phase}: ${bytes} of ${total} bytes`);
  };
}
