'use server';

import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import { proposeRevocation } from '../../../lib/revocations/index.ts';
import type { FormAction } from '../../_components/form/form-state.ts';
import { pageContext } from '../../_components/page-context.ts';
import { identifier, submitForm, typed } from '../../_components/submit-form.ts';

const sent = z.object({
  serial: z.string().max(40).optional(),
  project: z.string().max(64).optional(),
  /** Those that the proposer saw, separated by spaces. */
  serials: z.string().max(4000).default(''),
  trigger: typed,
  effectiveAt: typed,
  statement: typed,
  base: identifier(parseCommitSha),
});

export const revokeForm: FormAction = async (_before, form) =>
  submitForm(form, sent, async ({ serial = '', project, serials, ...input }) => {
    const seen = serials.split(' ').filter((part) => part !== '');
    const of = project === undefined ? { serial } : { project, serials: seen };
    const number = await proposeRevocation({ ctx: await pageContext(), input: { of, ...input } });
    return `/changes/${number}?done=proposed`;
  });
