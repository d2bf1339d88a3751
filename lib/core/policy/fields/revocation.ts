/** Fields of `revocations/<serial>.yaml`. */
import type { JsonValue } from '../../json/index.ts';
import type { PolicyField } from './field.ts';
import {
  type Difference,
  type Judged,
  identity,
  loosens,
  neutral,
  text,
  tightens,
  unknownField,
} from '../../field-record/index.ts';

const forPeople = text('This line');

/** Triggers after which a project gets no other certificate until it is reinstated. */
const abuse: readonly (JsonValue | undefined)[] = ['malware', 'conditions-breached'];

export const revocationFields: readonly PolicyField[] = [
  { path: 'serial', measure: identity('The serial number') },
  { path: 'project', measure: identity('The project whose certificate it was') },
  { path: 'certificate', measure: forPeople },
  { path: 'trigger', measure: trigger },
  { path: 'reason', measure: reasonOfRevocation },
  { path: 'effectiveAt', measure: earlier },
  { path: 'noticedAt', measure: forPeople },
  { path: 'statement', measure: forPeople },
  { path: 'advisory', measure: forPeople },
  { path: 'reinstated', measure: reinstated },
  { path: 'reinstated decidedAt', measure: text('When it was decided') },
  { path: 'reinstated statement', measure: forPeople },
];

function trigger({ before, after }: Difference): Judged {
  if (abuse.includes(after) && !abuse.includes(before))
    return tightens('The project gets no other certificate until it is reinstated.');
  if (abuse.includes(before) && !abuse.includes(after))
    return loosens('The project may have another certificate without being reinstated.');
  return neutral('This line is for people to read and decides nothing.');
}

/** A compromised key is blocked in every certificate; the other reasons only inform. */
function reasonOfRevocation({ before, after }: Difference): Judged {
  if (after === 'keyCompromise') return tightens('The key itself is blocked, in every certificate.');
  if (before === 'keyCompromise') return loosens('The key itself no longer counts as compromised.');
  return neutral('Only the reason in the revocation list changes.');
}

/** A project that abused a certificate gets no other until the foundation reinstates it. */
function reinstated({ before, after }: Difference): Judged {
  if (before === undefined) return loosens('The project may have certificates again.');
  if (after === undefined) return tightens('The project may have no certificates again.');
  return unknownField;
}

/** The time from which signatures are revoked: the earlier, the more of them. */
function earlier({ before, after }: Difference): Judged {
  if (typeof before !== 'string' || typeof after !== 'string') return unknownField;
  return after < before
    ? tightens(`It takes effect at ${after}, before ${before}: more signatures are revoked.`)
    : loosens(`It takes effect at ${after}, after ${before}; the signer keeps the earlier time.`);
}
