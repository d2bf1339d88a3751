/** One look at a TUF repository: everything is verified from the pinned root, or from what was verified from it before. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { CodedError } from '#core/error/index.ts';
import type { TufRepository } from '#core/generated/index.ts';
import { parseTrustRoot } from '#core/origin/index.ts';
import { defaultTarget, type Metadata } from './known-root.ts';
import { openMirror } from './mirror.ts';

export interface FetchedRoot {
  readonly metadata: Metadata;
  readonly trustedRoot: string;
}

class RepositoryAnswerError extends CodedError<'REPOSITORY_ANSWER'> {
  static override readonly errorName = 'RepositoryAnswerError';
  constructor(message: string) {
    super('REPOSITORY_ANSWER', message);
  }
}

/** Ten times what public repositories have. No delegations: who may sign the trust root is said in the root alone. */
const limits = {
  maxRootRotations: 64,
  maxDelegations: 0,
  rootMaxLength: 512 * 1024,
  timestampMaxLength: 16 * 1024,
  snapshotMaxLength: 256 * 1024,
  targetsMaxLength: 1024 * 1024,
} as const;
const trustedRootBytesMax = 1024 * 1024;

const roles = ['root', 'timestamp', 'snapshot', 'targets'] as const;

/**
 * The repository's trust root by the client workflow of TUF: newer roots one after the other, each signed by the one before, no
 * version lower than one seen before, nothing expired, digest and length as signed; and a trust root that the verifier can use and
 * that has what its kind asks. Rejects with what was wrong; `workplace`, a folder that is emptied before and after, holds all that
 * is written, so nothing that was known changes.
 */
export async function fetchRoot(
  tuf: TufRepository,
  known: Metadata | null,
  { workplace, signal }: { readonly workplace: string; readonly signal: AbortSignal },
): Promise<FetchedRoot> {
  await rm(workplace, { recursive: true, force: true });
  try {
    await mkdir(workplace, { recursive: true, mode: 0o700 });
    const place = (role: string): string => join(workplace, `${role}.json`);
    const before = known ?? { root: tuf.root };
    for (const [role, text] of Object.entries(before)) await writeFile(place(role), text, { mode: 0o600 });
    const mirror = tuf.mirror.replace(/\/+$/, '');
    const updater = new Updater({
      metadataDir: workplace,
      metadataBaseUrl: mirror,
      targetBaseUrl: `${mirror}/targets`,
      fetcher: openMirror(workplace, signal),
      config: limits,
    });
    await updater.refresh();
    const target = tuf.target ?? defaultTarget;
    const about = await updater.getTargetInfo(target);
    if (about === undefined) throw new RepositoryAnswerError(`the repository has no ${target}`);
    if (about.length > trustedRootBytesMax)
      throw new RepositoryAnswerError(`${target} has over ${trustedRootBytesMax} bytes`);
    const file = await updater.downloadTarget(about, join(workplace, 'target'));
    const trustedRoot = await readFile(file, 'utf8');
    parseTrustRoot(JSON.parse(trustedRoot), tuf.kind);
    const texts = await Promise.all(
      roles.map(async (role) => [role, await readFile(place(role), 'utf8')] as const),
    );
    return { metadata: Object.fromEntries(texts) as Metadata, trustedRoot };
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}
