/** Proofs that don't depend on the code host's statement about the account: a file in the repository, a DNS record of its domain. */
import { createHash } from 'node:crypto';
import { identityTextAsBefore } from '#core/identity/index.ts';
import { isError } from '#core/error/index.ts';
import { sameRepository } from '#core/policy/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { HostedRepository, UserToken } from '../platform/code-host/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ApplicationsError } from './error.ts';
import { lockOwnApplication, ownApplication } from './own.ts';
import { onCodeHost, proofByHost } from './repository.ts';
import type { Application, RepositoryProof } from './row.ts';

const challengeFile = '.countersign-application';
const dnsPrefix = '_countersign';

/**
 * The text that has to be found. Bound to the account, so that a text that one applicant left in a repository proves nothing
 * for another; it needn't be secret, since only people with write access can put it there.
 */
function challengeOf(application: Pick<Application, 'id' | 'applicant' | 'repository'>): string {
  // What somebody has put there already goes on to prove it.
  const account = identityTextAsBefore(application.applicant);
  const bound = [application.id, account, application.repository?.id ?? ''].join(' ');
  return `countersign-application=${createHash('sha256').update(bound).digest('hex').slice(0, 40)}`;
}

/** Host of the home page that the repository itself names; null: it names none. */
function domainOf(repository: HostedRepository): string | null {
  const { homepage } = repository;
  if (homepage === null || !URL.canParse(homepage)) return null;
  const { protocol, hostname } = new URL(homepage);
  return /^https?:$/.test(protocol) && /^[a-z0-9.-]+[.][a-z0-9-]+$/.test(hostname) && /[a-z]/.test(hostname)
    ? hostname
    : null;
}

export interface ProofOffer {
  readonly challenge: string;
  readonly file: string;
  /** Name of the TXT record; null where the repository names no home page of its own. */
  readonly record: string | null;
}

/** What the applicant can do to prove it; null before there is a repository. */
export async function offerProof(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<ProofOffer | null> {
  const { ctx, input } = call;
  const application = await ownApplication(ctx, ctx.db, input.id);
  if (application.repository === null) return null;
  const repository = await hosted(ctx, application);
  const domain = repository === null ? null : domainOf(repository);
  return {
    challenge: challengeOf(application),
    file: challengeFile,
    record: domain === null ? null : `${dnsPrefix}.${domain}`,
  };
}

/** Looks for a proof now. Rejects with NOT_POSSIBLE_NOW where there is none yet. */
export async function proveRepository(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly userToken: UserToken | null };
}): Promise<RepositoryProof> {
  const { ctx, input } = call;
  const application = await ownApplication(ctx, ctx.db, input.id);
  if (application.proof !== null) return application.proof;
  const repository = application.repository === null ? null : await hosted(ctx, application);
  if (repository === null) {
    throw new ApplicationsError({
      code: 'NOT_POSSIBLE_NOW',
      message: 'There is no public repository to prove anything about.',
      fix: 'Answer the question about the source again.',
    });
  }
  const challenge = challengeOf(application);
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const proof =
    (await proofByHost(ctx, snapshot, repository, input.userToken)) ??
    (await proofByFile(ctx, repository, challenge)) ??
    (await proofByRecord(ctx, repository, challenge));
  if (proof === null) {
    throw new ApplicationsError({
      code: 'NOT_POSSIBLE_NOW',
      message: 'No proof was found yet.',
      fix: `Put the text into ${challengeFile} on the branch ${repository.defaultBranch.slice(0, 100)}, or into the record, then check again. Records take some minutes to propagate.`,
    });
  }
  await ctx.db.$transaction(async (transaction) => {
    const now = await lockOwnApplication(ctx, transaction, input.id);
    // Another repository was chosen while this one was checked: the proof isn't for that one.
    if (!sameRepository(now.repository, repository)) return;
    await transaction.application.update({
      where: { id: now.id },
      data: {
        proof: { ...proof, at: proof.at.toISOString() },
        version: { increment: 1 },
        updatedAt: ctx.now(),
      },
    });
  });
  return proof;
}

/** By numeric id: the name may belong to somebody else by now. */
async function hosted(ctx: Context, { repository }: Application): Promise<HostedRepository | null> {
  if (repository === null) return null;
  return onCodeHost(() => ctx.codeHosts.hostOf(repository.uri).repositoryById(repository.id));
}

async function proofByFile(
  ctx: Context,
  repository: HostedRepository,
  challenge: string,
): Promise<RepositoryProof | null> {
  try {
    const text = await ctx.codeHosts.hostOf(repository.uri).readFile(repository, challengeFile);
    const found = text?.split(/\r?\n/).some((line) => line.trim() === challenge) ?? false;
    return found ? { how: 'file', detail: `The text is in ${challengeFile}.`, at: ctx.now() } : null;
  } catch (error) {
    if (isError(error, CodeHostError)) return null;
    throw error;
  }
}

async function proofByRecord(
  ctx: Context,
  repository: HostedRepository,
  challenge: string,
): Promise<RepositoryProof | null> {
  const domain = domainOf(repository);
  if (domain === null) return null;
  const name = `${dnsPrefix}.${domain}`;
  // A resolver that is down proves nothing, and isn't the applicant's fault.
  const texts = await ctx.dns.texts(name).catch(() => []);
  if (!texts.some((text) => text.trim() === challenge)) return null;
  return {
    how: 'dns',
    detail: `The text is in a record of ${name}, the repository’s home page.`,
    at: ctx.now(),
  };
}
