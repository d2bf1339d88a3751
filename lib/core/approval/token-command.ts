/** A signed command about a project's API tokens, for use at a terminal without a browser session. */
import { isError } from '../error/index.ts';
import { IdentifierError, parsePolicySlug, parseProjectSlug, parseRequestId } from '../ids/index.ts';
import type { PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import { canonicalJson } from '../json/index.ts';
import { parseSshPublicKeyLine, verifySshSignature } from '../pki/sshsig/index.ts';
import type { Approver } from './approver-keys.ts';
import { StatementError } from './error.ts';
import { parseMembers } from './statement.ts';

const tokenCommandType = 'https://countersign.example/token-command/v1';
/** SSHSIG namespace: a signature for one purpose is invalid for another. */
export const tokenNamespace = 'countersign-token';

interface Common {
  /** Origin of the portal that it is meant for: no other portal accepts it. */
  readonly audience: string;
  readonly project: ProjectSlug;
  /** UUID, so that the same command twice is two commands. */
  readonly nonce: string;
  /** When it was written: ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

export type TokenCommand = Common &
  (
    | { readonly action: 'list' }
    | {
        readonly action: 'create';
        readonly name: string;
        /** Signing policies that the token may submit under; empty: no limit of its own. */
        readonly policies: readonly PolicySlug[];
        /** Validity of the token in days. */
        readonly days: number;
      }
    | { readonly action: 'revoke'; readonly token: string; readonly reason: string }
  );

/** Validity of a command, which limits how long it can be withheld. */
export const tokenCommandMilliseconds = 5 * 60_000;
const textCharactersMax = 500;
const policiesMax = 50;

/** → canonical JSON (RFC 8785), the text that is signed. Throws StatementError VALUE_INVALID. */
export function tokenCommand(command: TokenCommand): string {
  const { audience, project, nonce, at } = checkedCommon(command);
  return canonicalJson({ type: tokenCommandType, audience, project, nonce, at, ...partOf(command) });
}

/** Canonical JSON text → command; rejects as parseApprovalStatement does. */
export function parseTokenCommand(text: string): TokenCommand {
  const action = actionOf(text);
  const members = parseMembers(text, tokenCommandType, [
    'audience',
    'project',
    'nonce',
    'at',
    ...names[action],
  ]);
  if (members['action'] !== action) refuse('the action is none of list, create, revoke');
  const textOf = (name: string): string => {
    const value = members[name];
    return typeof value === 'string' && value.length <= textCharactersMax && value.isWellFormed()
      ? value
      : refuse(`${name} is no text of at most ${textCharactersMax} characters`);
  };
  try {
    const common = checkedCommon({
      audience: textOf('audience'),
      project: parseProjectSlug(members['project']),
      nonce: textOf('nonce'),
      at: textOf('at'),
    });
    if (action === 'list') return { ...common, action };
    if (action === 'revoke') {
      return { ...common, action, token: parseRequestId(members['token']), reason: textOf('reason') };
    }
    const { policies, days } = members;
    if (!Array.isArray(policies) || policies.length > policiesMax) return refuse('policies is not a list');
    if (typeof days !== 'number' || !Number.isSafeInteger(days)) return refuse('days is not a number');
    const list = policies.map((policy: unknown) => parsePolicySlug(policy));
    return { ...common, action, name: textOf('name'), policies: list, days };
  } catch (cause) {
    if (isError(cause, IdentifierError)) throw new StatementError('VALUE_INVALID', cause.message, { cause });
    throw cause;
  }
}

export type JudgedTokenCommand =
  | { readonly ok: true; readonly command: TokenCommand; readonly handle: PersonHandle }
  | { readonly ok: false; readonly reason: string };

/** Whether a command was signed recently, for this portal, with a key of one of these people. */
export function judgeTokenCommand(input: {
  readonly statement: string;
  /** Armored SSHSIG over exactly that text. */
  readonly signature: string;
  readonly people: readonly Approver[];
  readonly audience: string;
  readonly now: Date;
}): JudgedTokenCommand {
  let command: TokenCommand;
  try {
    command = parseTokenCommand(input.statement);
  } catch (error) {
    if (!isError(error, StatementError)) throw error;
    return { ok: false, reason: error.message };
  }
  if (command.audience !== input.audience) {
    return { ok: false, reason: `it is meant for ${command.audience}, and this is ${input.audience}` };
  }
  const age = input.now.getTime() - Date.parse(command.at);
  if (Math.abs(age) > tokenCommandMilliseconds) {
    return {
      ok: false,
      reason: `it was written at ${command.at}, and is valid for five minutes by this clock`,
    };
  }
  const verified = verifySshSignature({
    armored: input.signature,
    namespace: tokenNamespace,
    message: new TextEncoder().encode(input.statement),
    allowedKeys: [...new Set(input.people.flatMap((person) => person.keys))],
  });
  if (!verified.ok) return { ok: false, reason: verified.reason };
  const { fingerprint } = verified.key;
  const [owner, ...others] = input.people.filter((person) =>
    person.keys.some((line) => parseSshPublicKeyLine(line).fingerprint === fingerprint),
  );
  if (owner === undefined || others.length > 0) {
    return { ok: false, reason: 'the key is listed for several people, so it doesn’t tell who signed' };
  }
  return { ok: true, command, handle: owner.handle };
}

const names = {
  list: ['action'],
  create: ['action', 'name', 'policies', 'days'],
  revoke: ['action', 'token', 'reason'],
};

/** The members depend on the action, so it is read first; then all of it is parsed. */
function actionOf(text: string): keyof typeof names {
  const found = /"action":"(list|create|revoke)"/.exec(text)?.[1];
  return found === 'list' || found === 'create' || found === 'revoke'
    ? found
    : refuse('the action is none of list, create, revoke');
}

function partOf(command: TokenCommand) {
  switch (command.action) {
    case 'list':
      return { action: command.action };
    case 'create':
      return {
        action: command.action,
        name: command.name,
        policies: [...command.policies],
        days: command.days,
      };
    case 'revoke':
      return { action: command.action, token: command.token, reason: command.reason };
  }
}

function checkedCommon({ audience, project, nonce, at }: Common): Common {
  parseRequestId(nonce);
  if (!URL.canParse(audience) || new URL(audience).origin !== audience)
    refuse('audience is not the origin of a portal');
  const time = new Date(at);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== at) {
    refuse('at is not a time like 2026-01-31T12:00:00.000Z');
  }
  return { audience, project, nonce, at };
}

function refuse(message: string): never {
  throw new StatementError('VALUE_INVALID', message);
}
