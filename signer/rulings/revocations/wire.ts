/** The register as a file: the signer writes it, the revocation authority reads it. */
import { CodedError } from '#core/error/index.ts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { reasonCodes, type RevocationReason } from '#core/pki/crl/index.ts';

const reasons = Object.keys(reasonCodes) as [RevocationReason, ...RevocationReason[]];
const time = z.iso.datetime().transform((text) => new Date(text));

const entrySchema = z.strictObject({
  serial: z.string().transform((value) => parseCertificateSerial(value)),
  project: z.string(),
  certificate: z.string(),
  reason: z.enum(reasons),
  /** From when on signatures are invalid. */
  effectiveAt: time,
  /**
   * When this signer first read it, and in which commit; null: the register was rebuilt, and only a published list
   * had it.
   */
  learnedAt: time,
  policyCommit: z
    .string()
    .transform((value) => parseCommitSha(value))
    .nullable(),
});

const registerSchema = z.strictObject({
  version: z.literal(1),
  revocations: z.array(entrySchema).max(1_000_000),
});

/** A revocation that this signer has accepted; it is never forgotten. */
export type KnownRevocation = z.output<typeof entrySchema>;

export type RegisterErrorCode =
  | 'REVOCATION_REGISTER_MISSING'
  | 'REVOCATION_REGISTER_INVALID'
  /** It lacks what is known to be revoked. */
  | 'REVOCATION_REGISTER_SHORT';

export class RegisterError extends CodedError<RegisterErrorCode> {
  static override readonly errorName = 'RegisterError';
  constructor(code: RegisterErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** What an operator can do about a damaged register. */
export const registerFix =
  'restore it from a backup, or rebuild it: npm run revocations:rebuild -- --config signer.yaml';

/**
 * File → its revocations by serial number. Throws RegisterError: a file that isn’t there is a damaged register, not an empty
 * one; the signer makes it at its first start.
 */
export async function readRegister(file: string): Promise<ReadonlyMap<string, KnownRevocation>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new RegisterError(
        'REVOCATION_REGISTER_INVALID',
        `the register of revocations ${file} can’t be read: make it readable for this account, or ${registerFix}`,
        cause,
      );
    }
    throw new RegisterError(
      'REVOCATION_REGISTER_MISSING',
      `the register of revocations ${file} isn’t there. The signer makes it at its first start; if it was there, ${registerFix}`,
      cause,
    );
  }
  try {
    const { revocations } = registerSchema.parse(JSON.parse(text));
    const known = new Map<string, KnownRevocation>();
    for (const revocation of revocations) {
      const other = known.get(revocation.serial);
      known.set(revocation.serial, other === undefined ? revocation : stricter(other, revocation));
    }
    return known;
  } catch (cause) {
    throw new RegisterError(
      'REVOCATION_REGISTER_INVALID',
      `${file} is not a register of revocations: ${registerFix}`,
      cause,
    );
  }
}

/** Two records of one certificate → the earlier date, and key compromise where either says so. */
export function stricter(one: KnownRevocation, other: KnownRevocation): KnownRevocation {
  return {
    ...one,
    effectiveAt: other.effectiveAt < one.effectiveAt ? other.effectiveAt : one.effectiveAt,
    reason: other.reason === 'keyCompromise' ? other.reason : one.reason,
    learnedAt: other.learnedAt < one.learnedAt ? other.learnedAt : one.learnedAt,
  };
}

export function registerText(revocations: Iterable<KnownRevocation>): string {
  const sorted = [...revocations].sort((a, b) => (a.serial < b.serial ? -1 : 1));
  return `${JSON.stringify({ version: 1, revocations: sorted }, null, 1)}\n`;
}
