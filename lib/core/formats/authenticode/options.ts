/** What `verify` and `sign: {method: authenticode}` ask for: read once for all formats. */
import { unsupported, type BodyProblem, type FormatWords, type SignatureHash } from '../format.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { verifiedAndRefused } from '../upstream/index.ts';

/** What a format can do besides signing files that carry no signature by SHA-256. */
export interface AuthenticodeSupport {
  /** `subject` goes by `roundHash(sign)`: SHA-384 and SHA-512. */
  readonly hashes?: boolean;
  /** `embed` appends and replaces signatures, or replaces alone. Two hashes need both: the second signature is appended to the first. */
  readonly existing?: boolean | 'replace';
  /** `inspect` verifies signatures that are there. */
  readonly verify?: boolean;
}

/** The hashes that the file is to be signed by, one signature for each. */
function signatureHashes({ hashAlgorithm = 'sha256' }: AuthenticodeSign): readonly SignatureHash[] {
  return typeof hashAlgorithm === 'string' ? [hashAlgorithm] : hashAlgorithm;
}

/** One after another: the second signature is added to a file that carries the first, like to any that is signed already. */
export function signatureRounds(sign: AuthenticodeSign): readonly AuthenticodeSign[] {
  return signatureHashes(sign).map((hashAlgorithm, index) => ({
    ...sign,
    hashAlgorithm,
    ...(index === 0 ? {} : { existingSignature: 'append' as const }),
  }));
}

/** By which this round signs: hash of the file, of what is said of it, and of what the key signs. */
export function roundHash(sign: AuthenticodeSign): SignatureHash {
  return signatureHashes(sign)[0] ?? 'sha256';
}

/** What becomes of a signature that is there. */
export function existingSignature(sign: AuthenticodeSign): 'refuse' | 'append' | 'replace' {
  return sign.existingSignature ?? 'refuse';
}

const hashNames: Readonly<Record<SignatureHash, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/** `signed with Authenticode by SHA-256 and SHA-512, next to the signatures that it carries`; empty: it isn't signed. */
export function describeAuthenticode(sign: AuthenticodeSign | null): string {
  if (sign === null) return '';
  const hashes = signatureHashes(sign);
  const named =
    sign.hashAlgorithm === undefined ? '' : ` by ${hashes.map((hash) => hashNames[hash]).join(' and ')}`;
  const existing = {
    refuse: '',
    append: ', next to a signature that it may carry',
    replace: ', in place of any signature that it carries',
  }[existingSignature(sign)];
  return `signed with Authenticode${named}${existing}`;
}

/** What of an element signed by Authenticode can't be done. `type`, `words`: of its format. */
export function authenticodeProblems(
  type: string,
  words: FormatWords,
  body: { readonly verify?: unknown; readonly sign?: AuthenticodeSign },
  support: AuthenticodeSupport = {},
): BodyProblem[] {
  const { verify, sign } = body;
  const problems: BodyProblem[] = [];
  if (verify !== undefined && support.verify !== true) {
    const what = `verify the signature of ${type} files before it signs anything`;
    const fix = `Remove \`verify\`; where upstream signed ${words.one}, remove \`sign\` too, and it stays as it is.`;
    problems.push(unsupported(['verify'], what, fix));
  }
  if (sign === undefined) return problems;
  const existing = existingSignature(sign);
  const able = existing === 'refuse' || support.existing === true || support.existing === existing;
  if (!able) {
    const what = `sign ${type} files that are signed already (${existing})`;
    const fix = `Write \`existingSignature: refuse\` and submit ${words.many} unsigned.`;
    problems.push(unsupported(['sign', 'existingSignature'], what, fix));
  }
  const hashes = signatureHashes(sign);
  const hashable = support.hashes === true || hashes.every((hash) => hash === 'sha256');
  if (!hashable || (hashes.length > 1 && support.existing !== true)) {
    const what = `sign ${type} files with ${hashes.join(' and ')}`;
    problems.push(unsupported(['sign', 'hashAlgorithm'], what, 'Write sha256, or remove the line.'));
  }
  if (verify !== undefined && existing === 'refuse') problems.push(verifiedAndRefused);
  return problems;
}
