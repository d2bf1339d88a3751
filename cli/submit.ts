/** `countersign submit`: upload, ask, and on request wait for what comes of it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './error.ts';
import { digestsOf } from './digests.ts';
import { readRequest, submit, upload, type Portal, type RequestView } from './portal.ts';

export interface SubmitInput {
  readonly portal: Portal;
  readonly project: string;
  readonly policy: string;
  readonly artifact: string;
  readonly bundle: string | null;
  readonly idempotencyKey: string | null;
}

export async function submitArtifact(input: SubmitInput): Promise<{ readonly id: string }> {
  const { sha256, sizeBytes } = await digestsOf(input.artifact);
  const bundle = input.bundle === null ? undefined : await readBundle(input.bundle);
  await upload(input.portal, input.artifact, sha256, sizeBytes);
  return submit(
    input.portal,
    {
      project: input.project,
      policy: input.policy,
      artifact: { sha256, name: path.basename(input.artifact) },
      ...(bundle === undefined ? {} : { bundle }),
    },
    input.idempotencyKey,
  );
}

async function readBundle(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CliError('USAGE', `${file} is no Sigstore bundle: ${(error as Error).message}`, error);
  }
}

const settled = new Set(['completed', 'denied', 'failed']);

/** Polls until the request ends, or (where asked) until it waits for people. */
export async function waitFor(
  portal: Portal,
  id: string,
  options: { readonly timeoutSeconds: number; readonly untilApprovalNeeded?: boolean },
): Promise<RequestView> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  for (;;) {
    const view = await readRequest(portal, id);
    if (settled.has(view.status)) return view;
    if (options.untilApprovalNeeded === true && view.status === 'waiting-for-approval') return view;
    if (Date.now() > deadline) {
      throw new CliError(
        'TIMEOUT',
        `after ${options.timeoutSeconds} s the request is ${view.status}: ${view.summary ?? ''}. It goes on; ask again with: countersign status ${id}`,
      );
    }
    await sleep(300);
  }
}
