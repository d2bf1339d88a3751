/** The register as a file: the signer writes it, the revocation authority reads it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseCertificateSerial, parseCommitSha } from '../../lib/core/ids/index.ts';
import { reasonCodes, type RevocationReason } from '../../lib/core/revocation/index.ts';

const reasons = Object.keys(reasonCodes) as [RevocationReason, ...RevocationReason[]];
const time = z.iso.datetime().transform((text) => new Date(text));

const entrySchema = z.strictObject({
  serial: z.string().transform((value) => parseCertificateSerial(value)),
  project: z.string(),
  certificate: z.string(),
  reason: z.enum(reasons),
  /** From when on signatures are bad. */
  effectiveAt: time,
  /** When this signer first read it, and in which commit. */
  learnedAt: time,
  policyCommit: z.string().transform((value) => parseCommitSha(value)),
});

const registerSchema = z.strictObject({
  version: z.literal(1),
  revocations: z.array(entrySchema).max(1_000_000),
});

/** A revocation that this signer has accepted; it is never forgotten. */
export type KnownRevocation = z.output<typeof entrySchema>;

export class RegisterError extends Error {
  readonly code = 'REVOCATION_REGISTER_INVALID';
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RegisterError';
  }
}

/** File → its revocations by serial number; empty where there is no file yet. Throws RegisterError. */
export async function readRegister(file: string): Promise<ReadonlyMap<string, KnownRevocation>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  try {
    const { revocations } = registerSchema.parse(JSON.parse(text));
    return new Map(revocations.map((one) => [one.serial, one]));
  } catch (cause) {
    throw new RegisterError(`${file} is no register of revocations: restore it from a backup`, cause);
  }
}

export function registerText(revocations: Iterable<KnownRevocation>): string {
  const sorted = [...revocations].sort((a, b) => (a.serial < b.serial ? -1 : 1));
  return `${JSON.stringify({ version: 1, revocations: sorted }, null, 1)}\n`;
}
