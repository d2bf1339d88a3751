/** Uploads a file and asks for its signature. */
import path from 'node:path';
import { hasParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import {
  submit,
  uploadResumable,
  type BundleFrom,
  type Portal,
  type Submitted,
  type UploadInput,
} from './client/index.ts';
import { CliError } from './error.ts';
import { readBounded } from './read-bounded.ts';

export interface SubmitInput extends Pick<UploadInput, 'onProgress' | 'onKept' | 'patience' | 'signal'> {
  readonly portal: Portal;
  readonly project: string;
  readonly policy: string;
  readonly artifact: string;
  readonly bundle: string | null;
  /** Where the host keeps it, in place of it; null: nowhere. */
  readonly bundleFrom?: BundleFrom | null;
  readonly parameters: ParameterValues;
  readonly idempotencyKey: string | null;
  readonly supersedes?: boolean;
  /** The artifact configuration that the caller expects; null: whichever the policy names. */
  readonly configuration?: string | null;
}

export async function submitArtifact(input: SubmitInput): Promise<Submitted> {
  const { portal, project, policy, artifact, idempotencyKey, patience, signal } = input;
  const { bundleFrom = null } = input;
  const bundle = input.bundle === null ? undefined : await readBundle(input.bundle);
  const { onProgress, onKept } = input;
  const { sha256 } = await uploadResumable(portal, {
    project,
    file: artifact,
    patience,
    signal,
    onProgress,
    onKept,
  });
  return submit(
    portal,
    {
      project,
      policy,
      artifact: { sha256, name: path.basename(artifact) },
      ...(bundle === undefined ? {} : { bundle }),
      ...(bundleFrom === null ? {} : { bundleFrom }),
      ...(hasParameters(input.parameters) ? { parameters: input.parameters } : {}),
      ...(input.supersedes === true ? { supersedes: true } : {}),
      ...(typeof input.configuration === 'string' ? { configuration: input.configuration } : {}),
    },
    { idempotencyKey, patience, signal },
  );
}

/** Somewhat more than the portal accepts with a request. */
const bundleBytesMax = 16 * 1024 * 1024;

async function readBundle(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readBounded(file, bundleBytesMax)).toString()) as unknown;
  } catch (error) {
    throw new CliError('USAGE', `${file} is no Sigstore bundle: ${(error as Error).message}`, error);
  }
}
