/** Fields of `foundation.yaml`; those of floors come from the fields that they are floors of. */
import type { JsonValue } from '../../json/index.ts';
import { alarmDaysDefault } from '../freshness.ts';
import { renewalNoticeDaysDefault } from '../renewal.ts';
import { admissionFields } from './admission.ts';
import type { PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  allowList,
  atLeast,
  atMost,
  identity,
  requirement,
  steps,
  text,
  worst,
} from '../../field-record/index.ts';
import { signingPolicyFields } from './signing-policy.ts';

const floorsFor = (purpose: 'release' | 'test'): readonly PolicyField[] => [
  { path: `floors ${purpose}`, measure: requirement(`The floor for ${purpose} policies`) },
  ...signingPolicyFields.flatMap(({ floors = [] }) =>
    floors.map((floor): PolicyField => ({
      path: `floors ${purpose} ${floor.name}`,
      measure: floor.measure(purpose),
    })),
  ),
];

export const foundationFields: readonly PolicyField[] = [
  { path: 'name', measure: text("The foundation's name") },
  { path: 'homepage', measure: text('The home page') },
  { path: 'securityContact', measure: text('The security contact') },
  { path: 'programs', measure: allowList('Certificate program') },
  { path: 'programs *', measure: allowList('Certificate program') },
  { path: 'floors', measure: requirement('The set of floors') },
  { path: 'floors releaseQuorum', measure: atLeast('The minimum quorum of every release', 1) },
  ...floorsFor('release'),
  ...floorsFor('test'),
  { path: 'policyFreshness', measure: freshness },
  {
    path: 'policyFreshness alarmDays',
    measure: atMost('The age at which the policy raises the alarm, in days'),
  },
  {
    path: 'policyFreshness stopDays',
    measure: atMost('The age at which signing stops, in days'),
  },
  { path: 'subject', measure: identity('The name on certificates') },
  { path: 'subject **', measure: identity('The name on certificates') },
  {
    path: 'projectCertificates',
    measure: steps('Certificates of projects’ own', ['allowed', 'refused'], 'refused'),
  },
  {
    path: 'renewal',
    // A key that serves for years is exposed for years.
    measure: steps('The key of a certificate’s successor', ['same-key', 'new-key'], 'new-key'),
  },
  {
    path: 'renewalNoticeDays',
    measure: atLeast('The time for which a successor is announced, in days', renewalNoticeDaysDefault),
  },
  ...admissionFields,
];

/** The whole block is added or removed: compared with the defaults. */
function freshness({ before, after }: Difference, documents: Documents): Judged {
  const days = (value: JsonValue | undefined): { alarmDays: JsonValue; stopDays?: JsonValue } => ({
    alarmDays: alarmDaysDefault,
    ...(value as object | undefined),
  });
  const [was, is] = [days(before), days(after)];
  const judge = (what: string, from: JsonValue | undefined, to: JsonValue | undefined): Judged => {
    const value = { path: [], place: [], nature: 'value' as const, before: from, after: to };
    return atMost(what)(value, documents);
  };
  const alarm = judge('The age at which the policy raises the alarm, in days', was.alarmDays, is.alarmDays);
  const stop = judge('The age at which signing stops, in days', was.stopDays, is.stopDays);
  const effect = worst([alarm.effect, stop.effect]);
  return alarm.effect === effect ? alarm : stop;
}
