/** Keys of the project's own, for the signatures that a certificate's key must not make: which the policy names, and whether it may be used. */
import {
  ownKeyFields as fields,
  ownKeyUses,
  type EffectivePolicy,
  type OwnKeyUse,
} from '#core/policy/index.ts';
import { fail, pass, type Finding } from '#core/wire/finding/index.ts';
import { blockingRevocation, type Revocations } from '../../rulings/revocations/index.ts';
import { begunWith, isInUse, newestOf, type SigningKey } from '../../rulings/trust/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { checkKeyTypes } from './key-types.ts';

export type OwnKeys = Readonly<Partial<Record<OwnKeyUse, SigningKey>>>;

interface Input {
  readonly request: Pick<ClaimedRequest, 'project'>;
  readonly keys: readonly SigningKey[];
  readonly revocations: Revocations;
  /** Labels of the keys that signatures of this request were claimed by in earlier passes. */
  readonly claimedBy: ReadonlySet<string>;
  readonly now: Date;
}

const words: Readonly<Record<OwnKeyUse, string>> = { raw: 'key for raw signatures', openpgp: 'OpenPGP key' };

/** Exactly those that the artifact configuration signs with: one that nobody asks for has nothing to do with the request. */
export function chooseOwnKeys(
  input: Input,
  effective: EffectivePolicy,
): { readonly keys: OwnKeys; readonly findings: readonly Finding[] } {
  const keys: Partial<Record<OwnKeyUse, SigningKey>> = {};
  const findings: Finding[] = [];
  for (const use of ownKeyUses(effective.artifactConfiguration)) {
    const chosen = chooseOwnKey(input, effective, use);
    findings.push(chosen.finding);
    if (chosen.key === null) continue;
    keys[use] = chosen.key;
    findings.push(...checkKeyTypes(effective, use, chosen.key.entry.label, chosen.key.certificate));
  }
  return { keys, findings };
}

function chooseOwnKey(
  { request, keys, revocations, claimedBy, now }: Input,
  effective: EffectivePolicy,
  use: OwnKeyUse,
): { readonly key: SigningKey | null; readonly finding: Finding } {
  const { purpose, [fields[use]]: name } = effective.policy;
  const { program } = effective.project;
  const expected = `the project’s own ${words[use]}, for ${purpose}, made for the program ${program}, valid and not revoked`;
  const about = {
    rule: 'policy.own-key',
    expected,
    policy: effective.locate([name === undefined ? 'artifactConfiguration' : fields[use]]),
  };
  const named = keys.filter(({ entry }) => entry.project === request.project && entry.name === name);
  const usable = named.filter((candidate) => {
    const { entry } = candidate;
    const isFor = entry.purpose === use && entry.serves === purpose && entry.program === program;
    return isFor && isInUse(candidate, now) && blockingRevocation(candidate, keys, revocations) === null;
  });
  const key = newestOf(begunWith(usable, claimedBy));
  if (key !== null && name !== undefined) {
    const until = key.certificate.validToDate.toISOString().slice(0, 10);
    const message = `The ${words[use]} “${name}” is the project’s own, serves the purpose ${purpose} and is valid until ${until}.`;
    return { key, finding: pass({ ...about, message, found: key.entry.label }) };
  }
  const message =
    name === undefined
      ? `The artifact configuration asks for signatures by the project’s own ${words[use]}, and the policy names none.`
      : `The policy’s ${words[use]} “${name}” can’t be used.`;
  const found =
    named
      .map(({ entry }) => `${entry.label}: for ${entry.purpose}, serves ${entry.serves ?? 'no such policy'}`)
      .join('; ') || 'the signer has no such key';
  const fix =
    name === undefined
      ? `Write \`${fields[use]}\` with the name of the key, or sign by another method, such as cms.`
      : 'Name a key that the foundation made for this project and purpose (`ownKeys` in a key ceremony), or ask the foundation for one.';
  return { key: null, finding: fail({ ...about, message, found, fix }) };
}
