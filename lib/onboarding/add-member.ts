/** Adding somebody to a project's team: proposed by the team as a policy change, signed by policy maintainers like any other. */
import { filesWithMember, teamRoles } from './files/index.ts';
import type { NewMember, TeamRole } from './files/index.ts';
import { isError } from '#core/error/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { hostLabel } from '#core/identity/index.ts';
import type { Identity } from '#core/identity/index.ts';
import { findByIdentity, serverOfAccounts, withFiles } from '#core/policy/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { list } from '#core/text/list/index.ts';
import { parseSshPublicKeyLine, SshSignatureError } from '#core/pki/sshsig/index.ts';
import { isOnTeam } from '../platform/auth/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { CodeHost } from '../platform/code-host/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proposeChange } from '../policy-changes/index.ts';
import { OnboardingError } from './error.ts';
import { findWaitingPolicies } from './waiting-policies.ts';

export interface MemberForm {
  readonly project: ProjectSlug;
  /** Which code host the account is on, by its name; '': the first of `hostsOfMembers`. */
  readonly host: string;
  /** Account name there, as typed. */
  readonly login: string;
  readonly handle: string;
  readonly name: string;
  readonly publicKey: string;
  readonly roles: readonly TeamRole[];
}

/** GitHub's and GitLab's. */
const loginForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;
const handleForm = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Who may: the team, and the foundation’s policy maintainers. */
export function mayAddMembers({ actor }: Pick<Context, 'actor'>, project: ProjectSlug): boolean {
  return isOnTeam(actor, project) || (actor.kind === 'person' && actor.roles.policyMaintainer);
}

/**
 * Code hosts on which accounts can be looked up: each that the portal asks, and whose numbers are the policy's. The one with the project
 * is the first, but people sign in with any.
 */
export function hostsOfMembers(
  { codeHosts }: Pick<Context, 'codeHosts'>,
  snapshot: PolicySnapshot,
  { project }: ProjectSnapshot,
): readonly CodeHost[] {
  const own = codeHosts.hostOf(project.value.repository.uri);
  const others = Object.values(codeHosts.named).filter(({ name }) => name !== own.name);
  // A number of another server would name somebody else.
  return [own, ...others].filter(({ name, server }) => server === serverOfAccounts(snapshot, name));
}

/** → the number of the change. Nothing holds before policy maintainers have signed it. */
export async function addMember(call: {
  readonly ctx: Context;
  readonly input: MemberForm;
}): Promise<{ readonly number: number }> {
  const { ctx, input } = call;
  const accepted = await acceptedPolicy(ctx);
  const project = accepted?.snapshot.projects.get(input.project);
  if (!mayAddMembers(ctx, input.project) || accepted === null || project === undefined) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: 'Only the team of a project proposes who joins it.',
      fix: 'Sign in as one of them; the project’s page lists its team.',
    });
  }
  const member = await readMember(ctx, input, accepted.snapshot, project);
  const made = filesWithMember(member, project, accepted);
  if (made.unreadable.length > 0) {
    throw invalid(
      `${made.unreadable.join(', ')} can’t be changed by a form.`,
      'Change it as YAML, under “Policy changes”.',
    );
  }
  if (made.files.length === 0) {
    throw invalid(
      `${made.handle} has these roles already.`,
      'There is nothing to do; a key they add themselves, under “Your approval key”.',
    );
  }
  const after = withFiles(accepted.snapshot, made.files);
  const joined = after.projects.get(input.project) ?? project;
  const waiting = member.roles.includes('approvers')
    ? (await findWaitingPolicies(ctx, after, joined)).policies
    : [];
  const roles = member.roles.map((role) => words[role]).join(', ');
  const pull = await proposeChange({
    ctx,
    input: {
      title: `${member.name} joins ${project.project.value.name}`.slice(0, 120),
      description: `@${input.login.trim()} (account ${member.identity.id} on ${hostLabel(member.identity.host)}) ${roles}.${waiting.length === 0 ? '' : ' With them comes the policy that needed somebody more who can approve.'}`,
      changes: [...made.files, ...waiting].map(({ path, content }) => ({ path, content })),
      base: accepted.commit,
    },
  });
  return { number: pull.number };
}

const words: Readonly<Record<TeamRole, string>> = {
  authors: 'writes the source',
  approvers: 'approves releases',
  submitters: 'submits files',
};

async function readMember(
  ctx: Context,
  input: MemberForm,
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
): Promise<NewMember> {
  const hosts = hostsOfMembers(ctx, snapshot, project);
  const host = input.host === '' ? hosts[0] : hosts.find(({ name }) => name === input.host);
  const reader = new FieldReader();
  const login = reader.text('login', input.login, {
    label: 'Account on the code host',
    charactersMax: 255,
    missing: 'enter its name',
  });
  const name = reader.text('name', input.name, {
    label: 'Name',
    charactersMax: 100,
    missing: 'enter how people call them',
  });
  const handle = input.handle.trim();
  if (!handleForm.test(handle))
    reader.refuse(
      'handle',
      'INVALID',
      'Short name here: use 1 to 40 lower-case letters, digits and inner hyphens',
    );
  if (input.roles.length === 0) reader.refuse('authors', 'MISSING', 'Tick at least one thing that they do');
  const publicKey = input.publicKey.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ');
  const keyProblem = publicKey === '' ? null : problemOfKey(publicKey);
  if (keyProblem !== null) reader.refuse('publicKey', 'INVALID', keyProblem);
  if (host === undefined)
    reader.refuse(
      'host',
      'INVALID',
      hosts.length === 0
        ? 'Account on: people’s accounts are on no server that this portal asks. Write the number into their file, under “Policy changes”'
        : `Account on: choose ${list(
            hosts.map(({ name }) => hostLabel(name)),
            'or',
          )}`,
    );
  const account = login === '' || host === undefined ? null : await findAccount(host, login);
  if (account !== null && 'message' in account) reader.refuse('login', 'INVALID', account.message);
  const known =
    account !== null && 'identity' in account && findByIdentity(snapshot, account.identity) !== undefined;
  // Otherwise it would be ignored silently: only people themselves add keys once the policy names them.
  if (known && publicKey !== '') {
    const message = 'Public key: leave it empty. The policy names them already, and they add keys themselves';
    reader.refuse('publicKey', 'INVALID', message);
  }
  const { problems } = reader;
  if (problems.length > 0 || account === null || 'message' in account) {
    throw new OnboardingError({
      code: 'MEMBER_INVALID',
      message: 'Something is missing or not valid.',
      fix: 'Correct what is marked, then send it again.',
      fields: problems,
    });
  }
  const roles = teamRoles.filter((role) => input.roles.includes(role));
  return { identity: account.identity, handle, name, keys: publicKey, roles };
}

/** Account names can be reassigned, numeric ids can't: the policy has the id. */
async function findAccount(
  host: CodeHost,
  login: string,
): Promise<{ readonly identity: Identity } | { readonly message: string }> {
  const nobody = {
    message: `Account on the code host: there is no account ${login.slice(0, 40)} on ${hostLabel(host.name)}`,
  };
  if (!loginForm.test(login)) return nobody;
  try {
    const { id, kind } = await host.account(login);
    return kind === 'person'
      ? { identity: { host: host.name, id } }
      : { message: 'Account on the code host: this is an organisation. Enter a person’s account' };
  } catch (error) {
    if (!isError(error, CodeHostError)) throw error;
    return error.code === 'NOT_FOUND'
      ? nobody
      : { message: 'Account on the code host: it doesn’t answer at the moment. Try again in a minute' };
  }
}

function problemOfKey(line: string): string | null {
  if (line.includes('PRIVATE KEY'))
    return 'Public key: that is a private key. Never give it to anybody; enter the line of the file that ends in .pub';
  try {
    parseSshPublicKeyLine(line);
    return null;
  } catch (error) {
    if (!isError(error, SshSignatureError)) throw error;
    return `Public key: ${error.message}. Enter the one line of the file that ends in .pub`;
  }
}

const invalid = (message: string, fix: string): OnboardingError =>
  new OnboardingError({ code: 'MEMBER_INVALID', message, fix });
