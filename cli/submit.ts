/** `countersign submit`: uploads, requests a signature, and optionally waits for the outcome. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { CliError } from './error.ts';
import { digestsOf } from './digests.ts';
import { whenInterrupted } from './interrupt.ts';
import { plain } from './plain.ts';
import { readRequest, submit, upload, type Portal, type RequestView } from './portal.ts';

export interface SubmitInput {
  readonly portal: Portal;
  readonly project: string;
  readonly policy: string;
  readonly artifact: string;
  readonly bundle: string | null;
  readonly parameters: ParameterValues;
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
      ...(hasParameters(input.parameters) ? { parameters: input.parameters } : {}),
    },
    input.idempotencyKey,
  );
}

/** Somewhat more than the portal accepts with a request. */
const bundleBytesMax = 16 * 1024 * 1024;

async function readBundle(file: string): Promise<unknown> {
  try {
    const { size } = await stat(file);
    if (size > bundleBytesMax) throw new Error(`it has ${size} bytes; at most ${bundleBytesMax} are read`);
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CliError('USAGE', `${file} is no Sigstore bundle: ${(error as Error).message}`, error);
  }
}

const settled = new Set(['completed', 'denied', 'failed']);

/** Between two polls: short at first, then longer and longer. */
const pollMilliseconds = { first: 300, most: 3000, growth: 1.1 };

/**
 * Polls until the request ends, or (where asked) until it waits for people. A portal that is temporarily unavailable
 * is polled again: the request continues without it.
 */
export async function waitFor(
  portal: Portal,
  id: string,
  options: {
    readonly timeoutSeconds: number;
    readonly untilApprovalNeeded?: boolean;
    /** Gets a line about what is waited for, once each. */
    readonly note?: (line: string) => void;
  },
): Promise<RequestView> {
  const { note = () => undefined } = options;
  const again = `It goes on; ask again with: countersign status ${id}`;
  const forget = whenInterrupted(() => note(again));
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  let pause = pollMilliseconds.first;
  let noted = '';
  try {
    for (;;) {
      const view = await poll(portal, id);
      if (!(view instanceof CliError)) {
        if (settled.has(view.status)) return view;
        if (options.untilApprovalNeeded === true && view.status === 'waiting-for-approval') return view;
      }
      const state = view instanceof CliError ? view.message : view.status;
      if (state !== noted) note(plain(`${id}  ${state}`));
      noted = state;
      if (Date.now() > deadline) {
        const stands = view instanceof CliError ? state : `the request is ${state}: ${view.summary ?? ''}`;
        throw new CliError('TIMEOUT', plain(`after ${options.timeoutSeconds} s ${stands}. ${again}`));
      }
      await sleep(pause);
      pause = Math.min(pause * pollMilliseconds.growth, pollMilliseconds.most);
    }
  } finally {
    forget();
  }
}

/** The request, or a temporary failure; everything else is thrown. */
async function poll(portal: Portal, id: string): Promise<RequestView | CliError> {
  try {
    return await readRequest(portal, id);
  } catch (error) {
    const passing =
      error instanceof CliError && (error.code === 'UNREACHABLE' || error.code === 'UNAVAILABLE');
    if (passing) return error;
    throw error;
  }
}
