'use server';

import { z } from 'zod';
import { ApprovalsError, submitApproval } from '../../../../lib/approvals/index.ts';
import { cancelRequest, readCancelForm } from '../../../../lib/requests/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { FieldReader } from '../../../../lib/platform/http/index.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { identifier, submitForm, typed } from '../../../_components/submit-form.ts';

const fields = z.object({
  request: identifier(parseRequestId),
  decision: typed,
  approve: z.string().max(4_096),
  deny: z.string().max(4_096),
  signature: typed,
});
const decisions = ['approve', 'deny'] as const;
const signatureCharactersMax = 16_384;

export const handInApproval: FormAction = async (_before, form) =>
  submitForm(form, fields, async ({ request, approve, deny, ...sent }) => {
    const reader = new FieldReader();
    const decision = reader.choice(
      'decision',
      sent.decision,
      decisions,
      'Your decision: choose approve or deny.',
    );
    const signature = reader.text('signature', sent.signature, {
      label: 'Signature',
      lines: true,
      charactersMax: signatureCharactersMax,
      missing: 'paste what the command printed',
    });
    const [problem] = reader.problems;
    if (problem !== undefined) {
      throw new ApprovalsError({
        code: 'APPROVAL_NOT_VALID',
        message: problem.message,
        fields: reader.problems,
        fix: 'Correct it and submit it again.',
      });
    }
    // ssh-keygen ends its armour with a line end.
    const statement = decision === 'approve' ? approve : deny;
    const input = { id: request, statement, signature: `${signature}\n` };
    await submitApproval({ ctx: await pageContext(), input });
    return `/requests/${request}?recorded=1`;
  });

const cancelFields = z.object({ request: identifier(parseRequestId), reason: typed, confirmed: typed });

export const cancelForm: FormAction = async (_before, form) =>
  submitForm(form, cancelFields, async ({ request, ...sent }) => {
    const input = { id: request, reason: readCancelForm(sent) };
    await cancelRequest({ ctx: await pageContext(), input });
    return `/requests/${request}`;
  });
