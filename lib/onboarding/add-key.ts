/** Somebody's own approval key: proposed as a policy change; and with somebody's first one, the policies that waited for it. */
import type { PersonHandle } from '#core/ids/index.ts';
import { editPolicyFile } from '../policy-tools/edit/index.ts';
import { withFiles } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { parseSshPublicKeyLine, SshSignatureError } from '#core/pki/sshsig/index.ts';
import { isError } from '#core/error/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proposeChange } from '../policy-changes/index.ts';
import { OnboardingError } from './error.ts';
import { findWaitingPolicies } from './waiting-policies.ts';

const keysMax = 10;

export interface OwnKeys {
  readonly handle: string;
  /** Fingerprints of those the policy in force lists. */
  readonly fingerprints: readonly string[];
}

/** null: the policy in force doesn't name who asks. */
export async function readOwnKeys(ctx: Context): Promise<OwnKeys | null> {
  const { actor } = ctx;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  if (actor.kind !== 'person' || snapshot === undefined) return null;
  const keys = snapshot.people.get(actor.handle)?.value.approvalKeys ?? [];
  return {
    handle: actor.handle,
    fingerprints: keys.map((key) => parseSshPublicKeyLine(key.publicKey).fingerprint),
  };
}

/** → the number of the change that adds the key. It counts once policy maintainers have signed it. */
export async function addApprovalKey(call: {
  readonly ctx: Context;
  readonly input: { readonly publicKey: string };
}): Promise<{ readonly number: number }> {
  const { ctx, input } = call;
  const { actor } = ctx;
  const accepted = await acceptedPolicy(ctx);
  if (actor.kind !== 'person' || accepted === null) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: 'Only people whom the policy in force names have approval keys.',
      fix: 'Sign in as one of them; somebody on your project’s team can propose to add you.',
    });
  }
  const publicKey = checkedKey(input.publicKey);
  const path = `people/${actor.handle}.yaml`;
  const text = new TextDecoder().decode(accepted.files.get(path));
  const keys = accepted.snapshot.people.get(actor.handle)?.value.approvalKeys ?? [];
  const { fingerprint } = parseSshPublicKeyLine(publicKey);
  if (keys.some((key) => parseSshPublicKeyLine(key.publicKey).fingerprint === fingerprint))
    throw invalid('The policy lists this key for you already.', 'There is nothing to do: sign with it.');
  if (keys.length >= keysMax)
    throw invalid(
      `You have ${keys.length} keys, as many as there may be.`,
      'Remove one you no longer use first.',
    );
  const value = [
    ...keys.map(({ type, publicKey: line }) => ({ type, publicKey: line })),
    { type: 'ssh', publicKey },
  ];
  const edited = editPolicyFile({ path, text, kind: 'Person' }, [{ path: ['approvalKeys'], value }]);
  if (!edited.ok)
    throw invalid(`${path} can’t be changed by a form.`, 'Change it as YAML, under “Policy changes”.');
  const after = withFiles(accepted.snapshot, [{ path, content: edited.text }]);
  const waiting = keys.length > 0 ? [] : await waitingPolicies(ctx, after, actor.handle);
  const pull = await proposeChange({
    ctx,
    input: {
      title: `Add an approval key of ${actor.name}`.slice(0, 120),
      description:
        `${actor.name} asks for the key ${fingerprint} to count for approvals.` +
        (waiting.length === 0 ? '' : ' With it comes the policy that needed somebody more who can approve.'),
      changes: [{ path, content: edited.text }, ...waiting],
      base: accepted.commit,
    },
  });
  return { number: pull.number };
}

function checkedKey(typed: string): string {
  const line = typed.trim().replaceAll(/[\r\n]+/g, ' ');
  if (line.includes('PRIVATE KEY'))
    throw invalid(
      'That is a private key: never give it to anybody.',
      'Enter the line of the file that ends in .pub.',
    );
  try {
    parseSshPublicKeyLine(line);
    return line;
  } catch (error) {
    if (!isError(error, SshSignatureError)) throw error;
    throw invalid(
      `This is no public SSH key: ${error.message}.`,
      'Enter the one line of the file that ends in .pub.',
    );
  }
}

const projectsMax = 5;

/** Policies that wait for another key of somebody who approves. */
async function waitingPolicies(ctx: Context, after: PolicySnapshot, handle: PersonHandle) {
  const waiting = [...after.projects.values()]
    .filter(({ project, policies }) => {
      const { approvers } = project.value.team;
      return (
        approvers.includes(handle) && [...policies.values()].every(({ value }) => value.purpose === 'test')
      );
    })
    .slice(0, projectsMax);
  const found = await Promise.all(waiting.map((project) => findWaitingPolicies(ctx, after, project)));
  return found.flatMap(({ policies }) => policies.map(({ path, content }) => ({ path, content })));
}

function invalid(message: string, fix: string): OnboardingError {
  return new OnboardingError({
    code: 'KEY_INVALID',
    message,
    fix,
    fields: [{ field: 'publicKey', code: 'KEY_INVALID', message }],
  });
}
