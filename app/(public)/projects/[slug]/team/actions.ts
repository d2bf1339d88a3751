'use server';

import { z } from 'zod';
import { parseProjectSlug } from '#core/ids/index.ts';
import { teamRoles } from '../../../../../lib/onboarding/files/index.ts';
import { addMember } from '../../../../../lib/onboarding/index.ts';
import type { FormAction } from '../../../../_components/form/form-state.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { identifier, submitForm, typed } from '../../../../_components/submit-form.ts';

const fields = z.object({
  project: identifier(parseProjectSlug),
  host: typed,
  login: typed,
  name: typed,
  handle: typed,
  publicKey: typed,
  authors: typed,
  approvers: typed,
  submitters: typed,
});

export const addMemberForm: FormAction = async (_before, form) =>
  submitForm(form, fields, async (sent) => {
    const roles = teamRoles.filter((role) => sent[role] === 'yes');
    const { number } = await addMember({ ctx: await pageContext(), input: { ...sent, roles } });
    return `/changes/${number}?done=proposed`;
  });
