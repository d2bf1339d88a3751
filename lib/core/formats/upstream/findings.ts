/** What the signatures of a file of upstream are worth → findings. */
import { fail, pass, type Finding } from '../../wire/finding/index.ts';
import type { BodyProblem } from '../format.ts';
import type { UpstreamSignerPin, UpstreamTrust } from '../upstream-trust.ts';
import { describePin } from './pinned-signer.ts';

export interface UpstreamFile {
  /** Of the rules: `pe`. */
  readonly type: string;
  /** As a sentence calls it: `program`. */
  readonly what: string;
  /** What it has to be signed by: `Authenticode`. */
  readonly method: string;
  /** null: nobody told which roots to trust. */
  readonly trust: UpstreamTrust | null;
  readonly about: Pick<Finding, 'path' | 'sha256' | 'policy'>;
}

/** What is wrong with one signature, and what it takes to mend it. */
export interface Refusal {
  /** Behind `upstream-`; `weak` breaks nothing where another signature holds. */
  readonly rule: string;
  /** A sentence's end. */
  readonly problem: string;
  readonly fix: string;
}

interface Held {
  readonly text: string;
  readonly found: string;
  /** By one of those whom the configuration names. */
  readonly named: boolean;
}

export type Judged = Held | Refusal;

export const takeUpstreams =
  'Take the file from upstream again, unchanged: it was changed, or damaged, after it was signed.';

/** → a finding for each signature; a file that carries none, or one that doesn't hold, is refused. */
export async function upstreamFindings(
  { type, what, method, trust, about }: UpstreamFile,
  judge: (trust: UpstreamTrust) => Promise<readonly Judged[]>,
): Promise<readonly Finding[]> {
  const refused = ({ rule, problem, fix }: Refusal): Finding =>
    fail({
      rule: `${type}.upstream-${rule}`,
      message: `The ${what} has to carry a valid signature of upstream: ${problem}.`,
      expected: `a signature by ${method} that leads to an upstream root`,
      found: problem,
      fix,
      ...about,
    });
  if (trust === null) {
    const fix = 'Add the roots of those who sign such files to upstreamRoots in trust/root.yaml.';
    return [refused({ rule: 'untrusted', problem: 'the foundation trusts no upstream root', fix })];
  }
  const judged = await judge(trust);
  if (judged.length === 0) {
    const fix = 'Submit the file as upstream signed it; or remove `verify`, where upstream signs none.';
    return [refused({ rule: 'unsigned', problem: 'it carries none', fix })];
  }
  const holds = judged.some((one) => 'text' in one);
  const named = trust.signers === null || judged.some((one) => 'text' in one && one.named);
  // SHA-1 beside SHA-256, for readers of old, proves nothing and breaks nothing: the other one is what counts.
  const findings = judged.flatMap((one) => {
    if ('text' in one)
      return [pass({ rule: `${type}.upstream-signature`, message: one.text, found: one.found, ...about })];
    return holds && one.rule === 'weak' ? [] : [refused(one)];
  });
  return holds && !named ? [...findings, refused(ofNobodyNamed(trust.signers))] : findings;
}

const ofNobodyNamed = (signers: readonly UpstreamSignerPin[]): Refusal => ({
  rule: 'signer',
  problem: `none of its valid signatures is by ${signers.map(describePin).join(' or ')}`.slice(0, 1000),
  fix: 'Take the file that this upstream signed; or name the signer in `upstream.signers`, if it is the right one.',
});

/** Whatever is submitted would be refused: unsigned by the one, signed by the other. */
export const verifiedAndRefused: BodyProblem = {
  rule: 'rule.verify-refuse',
  path: ['sign', 'existingSignature'],
  message: '`verify` asks for a file that is signed, and `existingSignature: refuse` for one that isn’t.',
  fix: 'Write `existingSignature: append` to keep the verified signature next to the new one, or `replace`; or remove `verify` or `sign`.',
};
