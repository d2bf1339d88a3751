'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { submitApproval } from '../../../../lib/approvals/index.ts';
import { parseRequestId } from '../../../../lib/core/ids/index.ts';
import { isExplained } from '../../../../lib/platform/http/index.ts';
import { pageContext } from '../../../_components/page-context.ts';

export interface ApprovalFormState {
  readonly error: { readonly message: string; readonly fix: string } | null;
  readonly signature: string;
  readonly decision: 'approve' | 'deny';
  /** The texts the form was showing: what was signed has to be what is handed in. */
  readonly statements?: Readonly<Record<'approve' | 'deny', string>>;
}

const fields = z.object({
  request: z.string().transform((value) => parseRequestId(value)),
  decision: z.enum(['approve', 'deny']),
  approve: z.string().max(4_096),
  deny: z.string().max(4_096),
  signature: z.string().max(16_384),
});

export async function handInApproval(_before: ApprovalFormState, form: FormData): Promise<ApprovalFormState> {
  const { request, decision, approve, deny, signature } = fields.parse(Object.fromEntries(form));
  try {
    // Browsers send a textarea's lines with CR LF; ssh-keygen writes LF.
    const armored = `${signature.replaceAll('\r\n', '\n').trim()}\n`;
    const statement = decision === 'approve' ? approve : deny;
    await submitApproval({ ctx: await pageContext(), input: { id: request, statement, signature: armored } });
  } catch (error) {
    if (!isExplained(error)) throw error;
    return {
      error: { message: error.message, fix: error.fix },
      signature,
      decision,
      statements: { approve, deny },
    };
  }
  redirect(`/requests/${request}?recorded=1`);
}
