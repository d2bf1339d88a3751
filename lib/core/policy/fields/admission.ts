/** Fields of `foundation.yaml` about admission: who reviews applicants' projects, and how often. */
import type { JsonValue } from '../../json/index.ts';
import { compareJson } from './compare-json.ts';
import type { PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  type Measure,
  allowList,
  atLeast,
  neutral,
  steps,
} from '../../field-record/index.ts';

const texts: Measure = () => neutral('What applicants read and are asked has no effect on what is signed.');

/** Reviewers decide before a project gets any certificate: with fewer of them, fewer people decide. */
export const admissionFields: readonly PolicyField[] = [
  { path: 'admission programs', measure: admissionPrograms },
  { path: 'admission **', measure: texts },
];

/** The programs aren't paired by name in the comparison, so they come as whole lists. */
function admissionPrograms({ before, after }: Difference, documents: Documents): Judged {
  const differences = compareJson(named(before), named(after));
  let found = neutral('What applicants read about the programs has no effect on what is signed.');
  for (const difference of differences) {
    const judged = judgeProgram(difference, documents);
    if (judged.effect === 'loosens') return judged;
    if (judged.effect === 'tightens') found = judged;
  }
  return found;
}

function judgeProgram(difference: Difference, documents: Documents): Judged {
  const [, key] = difference.path;
  if (key === 'reviewers') return atLeast('The number of reviewers', 0)(difference, documents);
  if (key === 'reputationReview')
    return steps('The reputation review', [false, true], false)(difference, documents);
  if (key === undefined) return allowList('Application for')(difference, documents);
  return texts(difference, documents);
}

interface NamedProgram {
  readonly program: string;
}

function named(programs: JsonValue | undefined): JsonValue {
  const list = Array.isArray(programs) ? (programs as unknown as readonly NamedProgram[]) : [];
  return list.map(({ program, ...rest }) => ({ name: program, ...rest }));
}
