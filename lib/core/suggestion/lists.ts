/** Lists that tools write next to what they built: whether the content is what the name says, the inspector tells when the suggestion is tried out. */
import { listFormatOf } from '../follow/index.ts';
import type { SampleFile } from './sample.ts';
import type { Treatment } from './treatment.ts';

/** Beside files that get signed. null: its name isn't that of a list. */
export function listTreatment({ path, failed, closed }: SampleFile): Treatment | null {
  const known = listFormatOf(path);
  if (known === null || closed.length > 0) return null;
  const treatment = { type: 'file', method: null, verify: false, opaque: false } as const;
  return failed
    ? {
        ...treatment,
        follows: null,
        comment: `${known.many}, by their names, that can’t follow: preflight says why if you add \`follows: { format: ${known.id} }\`. As they are, what they state of signed files will be false.`,
      }
    : {
        ...treatment,
        follows: known.id,
        comment: `${known.many}: what they state of signed files is written anew after signing.`,
      };
}
