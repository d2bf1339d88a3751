/** How a signature stands, as the API says it: schemas/openapi.yaml, Standing. */
import { isRefused } from '../certificates/standing/index.ts';
import type { KnownRevocation, SignatureStanding } from '../certificates/standing/index.ts';

interface RevocationJson {
  readonly serial: string;
  readonly effectiveAt: string;
  readonly learnedAt: string;
  /** Of the notice. */
  readonly url: string;
}

export function revocationJson(publicUrl: string, revocation: KnownRevocation | null): RevocationJson | null {
  return revocation === null
    ? null
    : {
        serial: revocation.serial,
        effectiveAt: revocation.effectiveAt.toISOString(),
        learnedAt: revocation.learnedAt.toISOString(),
        url: `${publicUrl}/revocations/${revocation.serial}`,
      };
}

export function standingJson(publicUrl: string, { state, revocation, publisher }: SignatureStanding) {
  const refused = isRefused(state);
  return { state, refused, publisher, revocation: revocationJson(publicUrl, revocation) };
}
