import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { LocateInOrigin } from './compared.ts';
import type { Claim } from './sigstore/certificate.ts';

export interface Judgement {
  readonly rule: string;
  /** What the claim is, as the middle of a sentence: "the repository's id". */
  readonly what: string;
  readonly claim: Claim;
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
  readonly refusal: string;
  readonly fix: string;
  /** Inside the policy's `origin`. */
  readonly path: readonly (string | number)[];
}

/** One claim against one line of the policy. `unshown`: what to do where the certificate doesn't make the claim at all. */
export function judgeClaim(
  { locate, unshown }: { readonly locate: LocateInOrigin; readonly unshown: string },
  one: Judgement,
): Finding {
  const { rule, claim, expected } = one;
  const policy = locate(one.path);
  if (!claim.ok) {
    const message = `The certificate doesn't show ${one.what}: ${claim.problem}.`;
    return fail({ rule, message, expected, fix: `${unshown} ${one.fix}`, policy });
  }
  const found = claim.value;
  if (one.accepts(found)) {
    return pass({ rule, message: `Checked ${one.what}: it is as the policy says.`, expected, found, policy });
  }
  return fail({ rule, message: one.refusal, expected, found, fix: one.fix, policy });
}

export const exactly =
  (expected: string) =>
  (value: string): boolean =>
    value === expected;
