import type { CertificateSerial } from '#core/ids/index.ts';
import { editPolicyFile } from '../policy-tools/edit/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proposeChange } from '../policy-changes/index.ts';
import { RevocationsError } from './error.ts';
import { mayRevoke } from './propose.ts';

/**
 * Proposes, in the person's name, that the project of a revoked certificate may have certificates again. The certificate stays
 * revoked. Nothing holds before policy maintainers signed it. → number of the policy change.
 */
export async function proposeReinstatement(call: {
  readonly ctx: Context;
  readonly input: { readonly serial: string; readonly statement: string };
}): Promise<number> {
  const { ctx, input } = call;
  if (!mayRevoke(ctx.actor)) {
    throw new RevocationsError({
      code: 'NOT_ALLOWED',
      message: 'Policy maintainers and reviewers of the foundation propose that a project is reinstated.',
      fix: 'Appeal against the revocation instead: its notice says how.',
    });
  }
  const accepted = await acceptedPolicy(ctx);
  const found = accepted?.snapshot.revocations.get(input.serial as CertificateSerial);
  const bytes = found === undefined ? undefined : accepted?.files.get(found.file);
  if (accepted === null || found === undefined || bytes === undefined) {
    throw new RevocationsError({
      code: 'UNKNOWN_CERTIFICATE',
      message: 'No certificate with this serial number is revoked.',
      fix: 'Choose one from the list of revocations.',
    });
  }
  const { value, file } = found;
  if (value.reinstated !== undefined) {
    throw new RevocationsError({
      code: 'INVALID',
      message: `${value.project} is reinstated already, since ${value.reinstated.decidedAt}.`,
      fix: 'Nothing is left to do here. npm run issue makes its new certificate; one of its own is requested in a key ceremony and imported.',
    });
  }
  const decidedAt = `${ctx.now().toISOString().slice(0, 19)}Z`;
  const edited = editPolicyFile({ path: file, text: new TextDecoder().decode(bytes), kind: 'Revocation' }, [
    { path: ['reinstated'], value: { decidedAt, statement: input.statement } },
  ]);
  if (!edited.ok) throw new Error(`${file} of the policy in force can't be edited`);
  const pull = await proposeChange({
    ctx,
    input: {
      title: `Reinstate ${value.project}`.slice(0, 120),
      description: `It may have certificates again; ${value.certificate} (${value.serial}) stays revoked.\n\n${input.statement}`,
      base: accepted.commit,
      changes: [{ path: file, content: edited.text }],
    },
  });
  return pull.number;
}
