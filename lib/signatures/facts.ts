import { indexCertificates } from '../certificates/index.ts';
import type { CertificateIndex } from '../certificates/index.ts';
import { judgeSignature } from '../certificates/standing/index.ts';
import type { KnownRevocation, SignatureStanding } from '../certificates/standing/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** A signature as the signer's table has it. */
export interface SignedAs {
  readonly certificateSerial: string;
  readonly timestampedAt: Date | null;
}

/** What is known of certificates now. */
export interface SigningFacts {
  judge(signature: SignedAs): SignatureStanding;
  /** What makes signatures by a certificate bad; null: nothing. */
  revocationOf(certificateSerial: string): KnownRevocation | null;
  /** Every certificate whose signatures a revocation makes bad, with its project; null where nobody knows. */
  readonly revoked: readonly RevokedSerial[];
  /** The same object as long as certificates and revocations are the same. */
  readonly index: CertificateIndex;
}

export interface RevokedSerial {
  /** As in the signer's table. */
  readonly serial: string;
  readonly effectiveAt: Date;
  readonly project: string | null;
}

const revokedOf = new WeakMap<CertificateIndex, readonly RevokedSerial[]>();

export async function readFacts(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>,
): Promise<SigningFacts> {
  const index = await indexCertificates(ctx);
  const now = ctx.now();
  const revoked = revokedOf.get(index) ?? listRevoked(index);
  revokedOf.set(index, revoked);
  const revocationOf = (serial: string): KnownRevocation | null =>
    index.bySerial.get(serial.toLowerCase())?.revocation ??
    index.revocations.get(serial.toLowerCase()) ??
    null;
  return {
    judge: (signature) =>
      judgeSignature(
        signature,
        index.bySerial.get(signature.certificateSerial.toLowerCase()) ?? null,
        revocationOf(signature.certificateSerial),
        now,
      ),
    revocationOf,
    revoked,
    index,
  };
}

function listRevoked({ all, bySerial, revocations }: CertificateIndex): readonly RevokedSerial[] {
  const unlisted = [...revocations.values()].filter((revocation) => !bySerial.has(revocation.serial));
  return [
    ...all.flatMap(({ serial, project, revocation }) =>
      revocation === null ? [] : [{ serial: inTable(serial), project, effectiveAt: revocation.effectiveAt }],
    ),
    ...unlisted.map(({ serial, project, effectiveAt }) => ({
      serial: inTable(serial),
      project,
      effectiveAt,
    })),
  ];
}

/** The signer writes serial numbers in capital digits. */
const inTable = (serial: string): string => serial.toUpperCase();
