import type { CommitSha } from '#core/ids/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface PolicySource {
  readonly file: string;
  readonly commit: CommitSha;
  /** Whether this commit is the one in force now. */
  readonly inForce: boolean;
  readonly acceptedAt: Date;
  readonly signers: readonly string[];
  readonly lines: readonly string[];
}

/**
 * A file of the policy repository as text, at an accepted commit (the one in force where none is named).
 * null for commits the signer never accepted and for files that aren't there. Public.
 */
export async function readPolicySource(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input: { readonly file: string; readonly commit: CommitSha | null };
}): Promise<PolicySource | null> {
  const { ctx, input } = call;
  const { acceptedSnapshot } = ctx.db;
  const newest = await acceptedSnapshot.findFirst({ orderBy: { seq: 'desc' } });
  const accepted =
    input.commit === null ? newest : await acceptedSnapshot.findUnique({ where: { commit: input.commit } });
  if (accepted === null) return null;
  const commit = parseCommitSha(accepted.commit);
  const bytes = await ctx.policies.fileAt(commit, input.file);
  if (bytes === null) return null;
  return {
    file: input.file,
    commit,
    inForce: accepted.commit === newest?.commit,
    acceptedAt: accepted.acceptedAt,
    signers: accepted.signers,
    lines: new TextDecoder('utf-8').decode(bytes).replace(/\n$/, '').split('\n'),
  };
}
