/** `countersign tokens`: a project's API tokens, by a command that is signed here with the person's own SSH key. */
import { randomUUID } from 'node:crypto';
import { StatementError, tokenCommand, tokenNamespace } from '#core/approval/index.ts';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parsePolicySlug, parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import { sshSign } from './approve.ts';
import type { Portal } from './client/index.ts';
import { CliError } from './error.ts';
import { plain } from './plain.ts';
import { sendTokenCommand } from './portal.ts';
import type { CreatedTokenView, ListedTokenView } from './portal.ts';

interface Common {
  readonly portal: Portal;
  readonly project: string;
  /** Private key file, or a public key whose private half an SSH agent holds. */
  readonly keyFile: string;
}

export async function listTokens(input: Common): Promise<readonly ListedTokenView[]> {
  const answer = await send(input, { action: 'list' });
  return answer.tokens ?? [];
}

export async function createToken(
  input: Common & {
    readonly name: string;
    /** Signing policies that it may submit under; empty: no limit of its own. */
    readonly policies: readonly string[];
    readonly days: number;
  },
): Promise<CreatedTokenView> {
  const { name, days } = input;
  const { created } = await send(input, { action: 'create', name, policies: input.policies, days });
  if (created === undefined) throw new CliError('REFUSED', 'the portal made no token');
  return created;
}

export async function revokeToken(
  input: Common & { readonly token: string; readonly reason: string },
): Promise<string> {
  const { revoked } = await send(input, { action: 'revoke', token: input.token, reason: input.reason });
  return revoked?.name ?? input.token;
}

type Asked =
  | { readonly action: 'list' }
  | {
      readonly action: 'create';
      readonly name: string;
      readonly policies: readonly string[];
      readonly days: number;
    }
  | { readonly action: 'revoke'; readonly token: string; readonly reason: string };

async function send({ portal, project, keyFile }: Common, asked: Asked) {
  const text = write(portal, project, asked);
  return sendTokenCommand(portal, text, await sshSign(keyFile, text, tokenNamespace));
}

function write(portal: Portal, project: string, asked: Asked): string {
  try {
    const common = {
      audience: new URL(portal.url).origin,
      project: parseProjectSlug(project),
      nonce: parseRequestId(randomUUID()),
      at: new Date().toISOString(),
    };
    return tokenCommand({ ...common, ...checked(asked) });
  } catch (error) {
    if (isError(error, StatementError) || isError(error, IdentifierError))
      throw new CliError('USAGE', error.message, error);
    throw error;
  }
}

function checked(asked: Asked) {
  if (asked.action === 'create')
    return { ...asked, policies: asked.policies.map((policy) => parsePolicySlug(policy)) };
  return asked.action === 'revoke' ? { ...asked, token: parseRequestId(asked.token) } : asked;
}

/** For a terminal: one line of each token's own words, then what else there is to know. */
export function describeToken(token: ListedTokenView): string {
  const used =
    token.lastUsedAt === null
      ? 'never used'
      : `last used ${token.lastUsedAt}${token.lastUsedFrom === null ? '' : ` from ${token.lastUsedFrom}`}`;
  const state = {
    active: `expires ${token.expiresAt}`,
    'maker-left': 'does not work: its maker is no longer an author, approver or submitter',
    expired: `expired ${token.expiresAt}`,
    revoked: `revoked ${token.revokedAt ?? ''}`,
  }[token.state];
  const limit = token.policies.length === 0 ? 'every policy' : token.policies.join(', ');
  const lines = [
    `${token.id}  ${token.name}`,
    `    ${state}; ${used}`,
    `    made by ${token.madeBy} at ${token.createdAt}, for ${limit}; SHA-256 ${token.fingerprint}…`,
  ];
  return plain(lines.join('\n'));
}
