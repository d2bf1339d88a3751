/** What the revocation authority says of itself in its publication, for portals. Holds nothing that isn't for everybody. Pure. */
import { z } from 'zod';

export const authorityStateName = 'authority-state.json';
export const authorityStateBytesMax = 1024;

export interface AuthorityState {
  /** When it last read the register and found everything published, or published it. */
  readonly workedAt: Date;
  /** How often it looks. */
  readonly pollSeconds: number;
}

const schema = z.object({
  version: z.literal(1),
  workedAt: z.iso.datetime(),
  pollSeconds: z.number().positive().max(3600),
});

export function writeAuthorityState({ workedAt, pollSeconds }: AuthorityState): Uint8Array {
  const written = { version: 1, workedAt: workedAt.toISOString(), pollSeconds };
  return new TextEncoder().encode(`${JSON.stringify(written)}\n`);
}

/** null: it isn't one, or of a form that this version doesn't know. */
export function readAuthorityState(bytes: Uint8Array): AuthorityState | null {
  if (bytes.byteLength > authorityStateBytesMax) return null;
  try {
    const { workedAt, pollSeconds } = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return { workedAt: new Date(workedAt), pollSeconds };
  } catch {
    return null;
  }
}
