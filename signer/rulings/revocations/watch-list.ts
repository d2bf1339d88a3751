/** Whether the published revocation list agrees with the signer. */
import { readFile } from 'node:fs/promises';
import { readRevocationList, RevocationError } from '#core/pki/crl/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import type { Revocations } from './revocations.ts';

export interface ListVerdict {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
}

/** A list that expires sooner than this raises an alarm: that leaves this long to repair the authority. */
const alarmMilliseconds = 24 * 3_600_000;
/** How long the authority may take to publish what is new. */
const publishMilliseconds = 5 * 60_000;

/** The published list (file) and its issuer's certificate (PEM file) → what is wrong with it as of `now`. */
export async function judgeList(
  files: { readonly file: string; readonly issuer: string },
  revocations: Revocations,
  now: Date,
): Promise<ListVerdict> {
  const read = await readList(files);
  if (typeof read === 'string') return { state: 'down', detail: read };
  const until = read.nextUpdate.toISOString();
  if (now >= read.nextUpdate)
    return { state: 'down', detail: `list ${read.number} expired at ${until}: start the authority` };
  const missing = [...revocations.values()].filter(
    (revocation) =>
      read.revoked.get(revocation.serial)?.revokedAt.getTime() !== revocation.effectiveAt.getTime() &&
      now.getTime() - revocation.learnedAt.getTime() > publishMilliseconds,
  );
  if (missing.length > 0) {
    const serials = missing.slice(0, 3).map((revocation) => revocation.serial);
    return { state: 'down', detail: `list ${read.number} lacks ${missing.length}: ${serials.join(', ')}` };
  }
  const unknown = [...read.revoked.keys()].filter((serial) => !revocations.has(serial));
  if (unknown.length > 0) {
    const detail = `list ${read.number} names ${unknown.length} that this signer’s register lacks: ${unknown.slice(0, 3).join(', ')}`;
    return { state: 'down', detail };
  }
  const left = read.nextUpdate.getTime() - now.getTime();
  return {
    state: left < alarmMilliseconds ? 'degraded' : 'ok',
    detail: `list ${read.number} names ${read.revoked.size} certificates and is valid until ${until}`,
  };
}

async function readList({ file, issuer }: { readonly file: string; readonly issuer: string }) {
  try {
    return readRevocationList(
      new Uint8Array(await readFile(file)),
      certificateFromPem(await readFile(issuer, 'utf8')),
    );
  } catch (error) {
    if (error instanceof RevocationError) return `${file}: ${error.message}`;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `${file} isn’t there: start the authority`;
    throw error;
  }
}
