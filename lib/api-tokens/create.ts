import { randomBytes } from 'node:crypto';
import { recordEvent } from '../audit/index.ts';
import { apiTokenSha256, formatApiToken } from '../platform/api-token/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { tokenNameForm } from '#core/wire/submitter/index.ts';
import { countCharacters, formatCount } from '#core/text/typed/index.ts';
import type { ApiToken, Transaction } from '../platform/db/index.ts';
import { atField } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { notAllowed, rightsOver } from './authorise.ts';
import type { TokenRights } from './authorise.ts';
import { ApiTokensError } from './error.ts';
import { useStatement } from './use-statement.ts';
import type { SignedWord } from './use-statement.ts';

export const tokenDaysDefault = 90;
export const tokenDaysMax = 366;
export const tokenNameCharactersMax = 80;
/** More than a project needs, and few enough to review. */
export const activeTokensMax = 20;
const dayMilliseconds = 86_400_000;

export interface CreateTokenInput {
  readonly project: ProjectSlug;
  readonly name: string;
  /** Signing policies that it may submit under; empty: no limit of its own. */
  readonly policies: readonly PolicySlug[];
  /** 1 to `tokenDaysMax`; every token ends. */
  readonly days: number;
  /** UUID of the form: a form that is sent twice creates one token. */
  readonly id: string;
}

export interface CreatedToken {
  readonly id: string;
  /** Only here: the database stores its SHA-256. */
  readonly token: string;
  readonly name: string;
  readonly expiresAt: Date;
}

/** Creates a token with which a project's build submits. It can only submit requests; it approves and signs nothing. */
export async function createToken(call: {
  readonly ctx: Context;
  readonly input: CreateTokenInput;
  /** The signed statement that requests it, if it was requested by command. */
  readonly word?: SignedWord;
}): Promise<CreatedToken> {
  const { ctx, input, word } = call;
  const rights = await rightsOver(ctx, input.project);
  if (!rights.make) throw notAllowed(input.project, 'make');
  checkInput(rights, input);
  const token = formatApiToken(randomBytes(32));
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + input.days * dayMilliseconds);
  await ctx.db.$transaction(async (transaction) => {
    await lockTokens(transaction, input.project);
    if (word !== undefined) await useStatement(transaction, word, now);
    await refuseSecond(transaction, input);
    await refuseTooMany(transaction, input.project, now);
    const { person } = rights;
    await transaction.apiToken.create({
      data: {
        id: input.id,
        projectSlug: input.project,
        name: input.name,
        policies: [...input.policies],
        tokenSha256: apiTokenSha256(token),
        createdAt: now,
        expiresAt,
        told: [],
        createdBy: person.handle,
        createdByHost: person.identity.host,
        createdById: person.identity.id,
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'api-token.created',
      subject: `project:${input.project}`,
      detail: {
        tokenId: input.id,
        name: input.name,
        policies: input.policies.join(' '),
        expiresAt: expiresAt.toISOString(),
        by: word === undefined ? 'session' : 'signature',
      },
    });
  });
  return { id: input.id, token, name: input.name, expiresAt };
}

function checkInput({ project }: TokenRights, input: CreateTokenInput): void {
  const { status } = project.project.value;
  if (status === 'retired') {
    throw new ApiTokensError({
      code: 'PROJECT_NOT_ACTIVE',
      message: `The project ${input.project} is retired; nothing is signed for it.`,
      fix: `The status is in projects/${input.project}/project.yaml; it changes by a policy change.`,
    });
  }
  const count = countCharacters(input.name);
  if (!tokenNameForm.test(input.name)) {
    const most = `at most ${tokenNameCharactersMax}`;
    throw new ApiTokensError(
      atField('name', {
        code: 'TOKEN_NAME_INVALID',
        message:
          count > tokenNameCharactersMax
            ? `Name: ${formatCount(count)} characters; ${most}.`
            : `Name: 1 to ${tokenNameCharactersMax} letters, digits, spaces, dots, slashes, hyphens or underscores.`,
        fix: 'Name it after the place that uses it, for example “release workflow”.',
      }),
    );
  }
  if (!Number.isInteger(input.days) || input.days < 1 || input.days > tokenDaysMax) {
    throw new ApiTokensError(
      atField('days', {
        code: 'TOKEN_DAYS_INVALID',
        message: `A token lasts 1 to ${tokenDaysMax} days.`,
        fix: `Choose a number of days; ${tokenDaysDefault} is the default. Its successor can be made before it ends.`,
      }),
    );
  }
  for (const policy of input.policies) {
    if (project.policies.has(policy)) continue;
    const known = [...project.policies.keys()].join(', ');
    throw new ApiTokensError(
      atField('policies', {
        code: 'UNKNOWN_POLICY',
        message: `The project ${input.project} has no signing policy ${policy}.`,
        fix: known === '' ? 'The project has no signing policies yet.' : `Use some of: ${known}.`,
      }),
    );
  }
}

/** Without the lock, two people could both create the last token at the same time. */
export async function lockTokens(transaction: Transaction, project: ProjectSlug): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:api-tokens:${project}`}, 0))`;
}

async function refuseSecond(transaction: Transaction, { id, project }: CreateTokenInput): Promise<void> {
  const found = await transaction.apiToken.findUnique({ where: { id } });
  if (found === null) return;
  throw new ApiTokensError({
    code: 'ALREADY_DONE',
    message: `This was requested before${found.projectSlug === project ? `, and created the token “${found.name}”` : ''}. A token is shown once, and can’t be shown again.`,
    fix: `If you haven’t kept it, revoke it and make another: /projects/${project}/tokens`,
  });
}

async function refuseTooMany(transaction: Transaction, project: ProjectSlug, now: Date): Promise<void> {
  const count = await transaction.apiToken.count({ where: activeTokens(project, now) });
  if (count < activeTokensMax) return;
  throw new ApiTokensError({
    code: 'TOO_MANY_TOKENS',
    message: `The project ${project} has ${count} active tokens, as many as there may be.`,
    fix: 'Revoke one that nobody needs, then make this one.',
  });
}

export const activeTokens = (project: ProjectSlug, now: Date) => ({
  projectSlug: project,
  revokedAt: null,
  expiresAt: { gt: now } satisfies { gt: ApiToken['expiresAt'] },
});
