'use server';

import { z } from 'zod';
import { decideReview } from '../../../../lib/reviews/index.ts';
import { valuesOf } from '../../../_components/form/form-state.ts';
import type { FormAction } from '../../../_components/form/form-state.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { rowNumber, submitForm, typed } from '../../../_components/submit-form.ts';

/** Beside these, verdict.ID, evidence.ID (as often as ticked) and comment.ID of each criterion. */
const sent = z.object({
  id: rowNumber,
  outcome: typed,
  reasons: typed,
  conditions: typed,
  reapplyFrom: typed,
});

export const decideForm: FormAction = async (_before, form) =>
  submitForm(form, sent, async (input) => {
    const values = valuesOf(form);
    const named = (name: string): readonly string[] => values[name] ?? [];
    const ids = Object.keys(values).flatMap((name) => {
      const [kind = '', ...rest] = name.split('.');
      return ['verdict', 'evidence', 'comment'].includes(kind) ? [rest.join('.')] : [];
    });
    const criteria = [...new Set(ids)].map((id) => ({
      id,
      verdict: named(`verdict.${id}`)[0] ?? '',
      evidence: named(`evidence.${id}`).map(Number),
      comment: named(`comment.${id}`)[0] ?? '',
    }));
    const { outcome } = await decideReview({ ctx: await pageContext(), input: { ...input, criteria } });
    return `/reviews/${input.id}?done=${outcome ?? 'decided'}`;
  });
