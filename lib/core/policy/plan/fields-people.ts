/** What changes mean in whom the foundation looks at, how often, and who may have a certificate again. */
import type { JsonValue } from '../../json/index.ts';
import type { Difference, Judged } from './change.ts';
import { compareJson } from './compare-json.ts';
import type { FieldTable } from './judge-field.ts';
import { allowList, atLeast, identity, loosens, neutral, steps, tightens } from './measures.ts';
import type { Documents, Measure } from './measures.ts';

const texts: Measure = () =>
  neutral('What applicants read and are asked decides nothing about what is signed.');

/** How many review a project stands before every certificate of it: fewer of them are others who decide alone. */
export const admissionFields: FieldTable = [
  ['admission programs', admissionPrograms],
  ['admission **', texts],
];

/** The programs aren't paired by name in the comparison, so they come as whole lists. */
function admissionPrograms({ before, after }: Difference, documents: Documents): Judged {
  const differences = compareJson(named(before), named(after));
  let found = neutral('What applicants read about the programs decides nothing.');
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
    return steps('The review of the reputation', [false, true], false)(difference, documents);
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

/** For what a project gets no other certificate until it is reinstated. */
const abuse: readonly (JsonValue | undefined)[] = ['malware', 'conditions-breached'];

export const revocationFields: FieldTable = [
  ['trigger', trigger],
  ['project', identity('The project whose certificate it was')],
];

function trigger({ before, after }: Difference): Judged {
  if (abuse.includes(after) && !abuse.includes(before))
    return tightens('The project gets no other certificate until it is reinstated.');
  if (abuse.includes(before) && !abuse.includes(after))
    return loosens('The project may have another certificate without being reinstated.');
  return neutral('This line is for people to read and decides nothing.');
}
