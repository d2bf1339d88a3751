import { CodedError } from '#core/error/index.ts';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseCertificateSerial, type CertificateSerial } from '#core/ids/index.ts';
import type { CertificateKind, LintResult } from '#core/pki/x509/index.ts';

const fileName = 'issuance.jsonl';
const logBytesMax = 1024 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const serialSchema = z.string().transform((text, context) => {
  try {
    return parseCertificateSerial(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'no serial number' });
    return z.NEVER;
  }
});
/** The members that are read back; the rest of a line is for people. */
const lineSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('intended'),
    at: z.iso.datetime(),
    serial: serialSchema,
    label: z.string(),
    signer: z.string(),
    tbsSha256: sha256,
  }),
  z.object({ event: z.literal('issued'), at: z.iso.datetime(), serial: serialSchema, sha256 }),
]);

export interface Intended {
  readonly label: string;
  /** Label of the key that is to sign. */
  readonly signer: string;
  readonly kind: CertificateKind;
  readonly serial: CertificateSerial;
  readonly tbsCertificate: Uint8Array;
  readonly lint: readonly LintResult[];
}

export interface IssuanceLog {
  /** A serial number never used before: 16 random octets, positive, without a leading zero (RFC 5280 §4.1.2.2). */
  newSerial(): CertificateSerial;
  intend(intended: Intended, now: Date): Promise<void>;
  issued(issued: { readonly serial: CertificateSerial; readonly der: Uint8Array }, now: Date): Promise<void>;
  rulesKept(serial: CertificateSerial): number | null;
}

class IssuanceError extends CodedError<'ISSUANCE_LOG_INVALID' | 'SERIAL_TAKEN'> {
  static override readonly errorName = 'IssuanceError';
}

/**
 * The log of a folder of keys, `issuance.jsonl`: a line before and a line after each signature over a certificate,
 * each synced.
 * Throws ISSUANCE_LOG_INVALID where a complete line isn't an entry; a torn last line, which a crash leaves, is skipped.
 * `random` is for tests.
 */
export async function openIssuanceLog(
  folder: string,
  random: () => Buffer = () => randomBytes(16),
): Promise<IssuanceLog> {
  const file = join(folder, fileName);
  const taken = new Set<string>((await readLines(file)).map((line) => line.serial));
  const kept = new Map<string, number>();
  const append = async (line: object): Promise<void> => {
    await mkdir(folder, { recursive: true });
    const handle = await open(file, 'a', 0o644);
    try {
      // A preceding torn line must not swallow this one.
      await handle.appendFile(`${(await endsTorn(file)) ? '\n' : ''}${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  return {
    newSerial() {
      for (let attempt = 0; attempt < 8; attempt++) {
        const octets = random();
        octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
        const serial = parseCertificateSerial(octets.toString('hex'));
        if (!taken.has(serial)) return serial;
      }
      throw new IssuanceError(
        'SERIAL_TAKEN',
        'eight random serial numbers were all taken: the source of randomness is broken',
      );
    },
    async intend({ tbsCertificate, lint, serial, ...about }, now) {
      if (taken.has(serial))
        throw new IssuanceError('SERIAL_TAKEN', `serial number ${serial} was used before`);
      taken.add(serial);
      kept.set(serial, lint.length);
      const rules = lint.map(({ rule, broken }) => (broken === null ? rule : `${rule}: ${broken}`));
      await append({
        event: 'intended',
        at: now.toISOString(),
        serial,
        ...about,
        rules,
        tbsSha256: createHash('sha256').update(tbsCertificate).digest('hex'),
        tbsCertificate: Buffer.from(tbsCertificate).toString('base64'),
      });
    },
    issued: ({ serial, der }, now) =>
      append({
        event: 'issued',
        at: now.toISOString(),
        serial,
        sha256: createHash('sha256').update(der).digest('hex'),
      }),
    rulesKept: (serial) => kept.get(serial) ?? null,
  };
}

/** Serial numbers that a key issued, and (open) those that it may have issued before a crash. */
export async function readLoggedSerials(
  folder: string,
  signer: string,
): Promise<{ readonly issued: readonly CertificateSerial[]; readonly open: readonly CertificateSerial[] }> {
  const lines = await readLines(join(folder, fileName));
  const finished = new Set<string>(lines.flatMap((line) => (line.event === 'issued' ? [line.serial] : [])));
  const intended = lines.flatMap((line) =>
    line.event === 'intended' && line.signer === signer ? [line.serial] : [],
  );
  return {
    issued: intended.filter((serial) => finished.has(serial)),
    open: intended.filter((serial) => !finished.has(serial)),
  };
}

/** Size in bytes of a folder's log, which only grows. */
export async function issuanceSize(folder: string): Promise<number> {
  try {
    return (await stat(join(folder, fileName))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function readLines(file: string): Promise<z.output<typeof lineSchema>[]> {
  let text: string;
  try {
    const bytes = await readFile(file);
    if (bytes.length > logBytesMax) throw new IssuanceError('ISSUANCE_LOG_INVALID', `${file} is over 1 GiB`);
    text = bytes.toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = lineSchema.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    // Lines that a crash cut short, whether or not something was written after them.
    if (parseJson(line) === undefined) return [];
    const why = z.prettifyError(parsed.error);
    throw new IssuanceError(
      'ISSUANCE_LOG_INVALID',
      `${file}, line ${index + 1}: ${why}; restore it from a backup`,
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function endsTorn(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await handle.close();
  }
}
