/** The repository that somebody applies for: found on the code host, proved to be theirs, read for suggestions. */
import { isError } from '#core/error/index.ts';
import { identityHosts } from '#core/identity/index.ts';
import { serverOfAccounts } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Answers } from './questions/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type {
  CodeHost,
  HostedRepository,
  MaintainedRepository,
  SignedInAs,
  UserToken,
} from '../platform/code-host/index.ts';
import { atField } from '../platform/http/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { applicantOf } from './applicant.ts';
import type { Conditions } from './applicant.ts';
import { repositoryConflict } from './conflicts.ts';
import { answerInvalid, ApplicationsError } from './error.ts';
import type { Application, RepositoryProof } from './row.ts';
import { suggestAnswers } from './suggest.ts';

export interface FoundRepository {
  readonly repository: HostedRepository;
  readonly proof: RepositoryProof | null;
  readonly suggestions: Record<string, Record<string, string>>;
}

const wrong = (message: string): ApplicationsError => answerInvalid(new Map([['uri', message]]));

export async function findRepository(input: {
  readonly ctx: Context;
  readonly conditions: Conditions;
  readonly application: Pick<Application, 'id' | 'program' | 'applicant'>;
  readonly address: string;
  readonly userToken: UserToken | null;
}): Promise<FoundRepository> {
  const { ctx, conditions, application, address, userToken } = input;
  const found = ctx.codeHosts.find(address);
  if (found === null) {
    const examples = Object.values(ctx.codeHosts.named).map(({ server }) => `${server}/owner/name`);
    throw wrong(
      `Address of the repository: enter one like ${examples.join(' or ')}. Repositories on other hosts can’t be looked into yet`,
    );
  }
  const { host, place } = found;
  const repository = await onCodeHost(() => host.repository(place), 'uri');
  if (repository === null) {
    throw wrong(
      'Address of the repository: there is no public repository. Check it, and that it isn’t private',
    );
  }
  if (repository.archived) {
    throw wrong('Address of the repository: it is archived, so nothing can be released from it');
  }
  const conflict = await repositoryConflict(ctx.db, conditions.snapshot, {
    id: application.id,
    repository,
    applicant: application.applicant,
    program: application.program,
  });
  if (conflict !== null) throw wrong(`Address of the repository: ${conflict}`);
  return {
    repository,
    proof: await proofByHost(ctx, conditions.snapshot, repository, userToken),
    suggestions: toPlain(await suggestAnswers(host, repository)),
  };
}

const toPlain = (answers: Answers): Record<string, Record<string, string>> =>
  Object.fromEntries(Object.entries(answers).map(([id, values]) => [id, { ...values }]));

/**
 * According to the host, the account owns or administers the repository. Write access alone isn't enough to speak for it. Numbers of accounts
 * say something on the server that gave them, and nowhere else.
 */
export async function proofByHost(
  ctx: Context,
  snapshot: PolicySnapshot | null,
  repository: HostedRepository,
  userToken: UserToken | null,
): Promise<RepositoryProof | null> {
  const host = ctx.codeHosts.find(repository.uri)?.host;
  if (host === undefined) return null;
  for (const { accountId } of accountsThere(ctx, snapshot, host)) {
    if (accountId === repository.ownerAccountId)
      return { how: 'host', detail: 'The account owns the repository.', at: ctx.now() };
  }
  for (const who of accountsThere(ctx, snapshot, host, userToken)) {
    const permission = await orNone(() => host.permissionOn(repository, who));
    if (permission === null || permission === 'push') continue;
    const detail = `The account has the permission “${permission}” on the repository.`;
    return { how: 'host', detail, at: ctx.now() };
  }
  return null;
}

/** The applicant's accounts on this very server; `userToken` goes to the host that gave it alone. */
function accountsThere(
  ctx: Context,
  snapshot: PolicySnapshot | null,
  { name, server }: CodeHost,
  userToken: UserToken | null = null,
): readonly SignedInAs[] {
  const meant = snapshot === null ? identityHosts[name].server : serverOfAccounts(snapshot, name);
  if (server !== meant) return [];
  const token = userToken?.host === name ? userToken.token : null;
  return applicantOf(ctx)
    .identities.filter((identity) => identity.host === name)
    .map(({ id }) => ({ accountId: id, userToken: token }));
}

/** Repositories to choose from; none if the host can't say: an address can still be typed. */
export async function listMaintained(call: {
  readonly ctx: Context;
  readonly input: { readonly userToken: UserToken | null };
}): Promise<readonly MaintainedRepository[]> {
  const { ctx, input } = call;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const lists = Object.values(ctx.codeHosts.named).flatMap((host) =>
    accountsThere(ctx, snapshot, host, input.userToken).map((who) => orNone(() => host.maintainedBy(who))),
  );
  return (await Promise.all(lists)).flatMap((list) => list ?? []);
}

/** null where the host can't say. */
async function orNone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isError(error, CodeHostError)) return null;
    throw error;
  }
}

/** null for what isn't there. Rejects with HOST_UNAVAILABLE (at `field`, where it is about one) while the host doesn't answer. */
export async function onCodeHost<T>(work: () => Promise<T>, field?: string): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isError(error, CodeHostError)) throw error;
    if (error.code === 'NOT_FOUND') return null;
    const until = error.retryAt === null ? 'in some minutes' : `after ${error.retryAt.toISOString()}`;
    const explanation = {
      code: 'HOST_UNAVAILABLE',
      message: 'The code host can’t be asked at the moment, or its answer can’t be read.',
      fix: `Send this again ${until}: what you typed is still here.`,
      cause: error,
    } as const;
    throw new ApplicationsError(field === undefined ? explanation : atField(field, explanation));
  }
}
