import { isError } from '#core/error/index.ts';
import { policyAcceptanceStatement, policyNamespace } from '#core/approval/index.ts';
import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import { SshSignatureError, splitSshSignatures, verifySshSignature } from '#core/pki/sshsig/index.ts';
import { recordEvent } from '../audit/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import { atField } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseMaintainer } from './authorise.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { accountOf, hostFor, personOf } from './host.ts';
import { invalid } from './proposal.ts';
import { readChange } from './read.ts';
import type { ChangeDetail } from './read.ts';
import { maintainersOf } from './signers.ts';
import { policyInForce } from './host.ts';
import { forget } from './recently.ts';

const signatureCharactersMax = 16_384;

/**
 * A policy maintainer accepts a change by signing the hash of its head. The signature is stored beside the commit, in the
 * repository, where the signer reads it; the portal only refuses clearly invalid ones and doesn't count them for the signer.
 */
export async function signChange(call: {
  readonly ctx: Context;
  readonly input: { readonly number: number; readonly head: CommitSha; readonly signature: string };
}): Promise<void> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  authoriseMaintainer(person);
  const detail = await readChange({ ctx, input });
  if (detail.pull.state !== 'open')
    throw invalid(`Change ${input.number} is ${detail.pull.state}.`, 'Nothing is to be signed any more.');
  if (detail.pull.head.commit !== input.head) {
    throw new PolicyChangesError({
      code: 'CHANGED_MEANWHILE',
      message: 'The change was changed after this page was shown.',
      fix: 'Review it again; the statement below is about the change as it stands now.',
    });
  }
  const { snapshot } = await policyInForce(ctx);
  const keys = maintainersOf(snapshot).find((maintainer) => maintainer.handle === person.handle)?.keys ?? [];
  const signature = oneSignature(input.signature);
  const verified = verifySshSignature({
    armored: signature,
    message: new TextEncoder().encode(policyAcceptanceStatement(input.head)),
    namespace: policyNamespace,
    allowedKeys: keys,
  });
  if (!verified.ok) {
    throw new PolicyChangesError(
      atField('signature', {
        code: 'SIGNATURE_NOT_VALID',
        message: `This signature does not count: ${verified.reason}.`,
        fix: `Sign exactly the statement shown, with namespace ${policyNamespace} and a key that people/${person.handle}.yaml lists.`,
      }),
    );
  }
  const problem = signatureProblem(detail, person.handle);
  if (problem !== null) throw problem;
  const host = hostFor(ctx, accountOf(ctx));
  await onHost(async () => {
    await host.addCoSignature({ commit: input.head, signature });
    // Hosts let nobody approve their own proposal; the signature is stored beside the commit anyway.
    if (isOwn(person, detail.pull.author)) return;
    await host.submitReview?.({ number: input.number, state: 'approved', commit: input.head, body: '' });
  });
  await forget(ctx);
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      action: 'policy-change.signed',
      subject: `policy-change:${input.number}`,
      detail: { commit: input.head, key: verified.key.fingerprint },
    }),
  );
}

/** Why this person's signature couldn't count, whoever else signs; null: it could. */
export function signatureProblem(
  { authors, signatures, assessment }: Pick<ChangeDetail, 'authors' | 'signatures' | 'assessment'>,
  handle: PersonHandle,
): PolicyChangesError | null {
  if (assessment.required?.leaving.includes(handle) === true) {
    return new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: 'Nobody decides about their own removal.',
      fix: 'The other policy maintainers sign this change.',
    });
  }
  // If only one person can sign at all, there is nobody else to ask.
  if (!authors.includes(handle) || signatures.needed > 1 || signatures.able.length < 2) return null;
  return new PolicyChangesError({
    code: 'OWN_CHANGE',
    message: 'Nobody accepts a change of their own.',
    fix: 'Ask another policy maintainer to review it: their signature is enough.',
  });
}

function oneSignature(text: string): string {
  const refuse = (): PolicyChangesError =>
    new PolicyChangesError(
      atField('signature', {
        code: 'SIGNATURE_NOT_VALID',
        message: 'This is not an SSH signature.',
        fix: 'Copy all that the command printed, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----.',
      }),
    );
  if (text.length > signatureCharactersMax) throw refuse();
  let found: readonly string[];
  try {
    found = splitSshSignatures(`${text.replaceAll('\r\n', '\n').trim()}\n`);
  } catch (error) {
    if (isError(error, SshSignatureError)) throw refuse();
    throw error;
  }
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) throw refuse();
  return only;
}
