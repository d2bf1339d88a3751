/** Whether the signatures on a change suffice. The signer decides by this; the portal shows the same numbers. */
import type { PersonHandle } from '../../ids/index.ts';
import { ableMaintainers } from '../index.ts';
import type { PolicySnapshot } from '../index.ts';
import type { RequiredSignatures } from '../plan/index.ts';
import type { Writers } from './writers.ts';

export interface SignatureCount {
  /** How many are needed at present. */
  readonly needed: number;
  /** Maintainers whose signature counts. */
  readonly counted: readonly PersonHandle[];
  /** Those among them who wrote part of the change. */
  readonly own: readonly PersonHandle[];
  /** Maintainers who signed but whom the change removes: theirs doesn't count. */
  readonly leaving: readonly PersonHandle[];
  /** Maintainers whose signature could count. */
  readonly able: readonly PersonHandle[];
  readonly enough: boolean;
  /** Why it takes more than `threshold`, one sentence each. */
  readonly reasons: readonly string[];
}

export interface CountInput {
  readonly required: Pick<RequiredSignatures, 'needed' | 'leaving' | 'reasons'>;
  /** Maintainers of the policy in force who signed the commit, each once. */
  readonly signers: readonly PersonHandle[];
  /** Of every commit in the change, plus whoever is claimed to have written it. None where it leaves all files as they are. */
  readonly writers: readonly Writers[];
  /** The policy in force. */
  readonly snapshot: PolicySnapshot;
}

/**
 * Nobody accepts what they wrote themselves: for each commit somebody has signed who is not its writer, and two where no
 * key proves who that is: any one of them may have written it. Whoever wrote it may be one of several. Where one person alone can sign at all, there is
 * nobody else to ask. Whoever the change turns into no policy maintainer doesn't count.
 */
export function countSignatures({ required, signers, writers, snapshot }: CountInput): SignatureCount {
  const able = ableMaintainers(snapshot).filter((personHandle) => !required.leaving.includes(personHandle));
  const counted = signers.filter((signer) => !required.leaving.includes(signer));
  const reasons = [...required.reasons];
  let { needed } = required;
  if (ableMaintainers(snapshot).length > 1) {
    const unproven = writers.find((writer) => !writer.proven);
    if (unproven !== undefined && needed < 2) {
      needed = 2;
      reasons.push(
        `Nothing proves who wrote commit ${unproven.commit.slice(0, 12)}: it isn’t signed with the key of anybody whom the policy names.`,
      );
    }
    const alone = writers.some(({ handles }) => counted.every((personHandle) => handles.has(personHandle)));
    if (counted.length > 0 && alone && counted.length + 1 > needed) {
      needed = counted.length + 1;
      reasons.push('Whoever wrote it has signed it alone: somebody who did not write it has to sign, too.');
    }
  }
  return {
    needed,
    counted,
    able,
    reasons,
    own: counted.filter((personHandle) => writers.some(({ handles }) => handles.has(personHandle))),
    leaving: signers.filter((signer) => required.leaving.includes(signer)),
    enough: counted.length >= needed,
  };
}
