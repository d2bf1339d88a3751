/** One line of a list, whichever it is, and what the page of one entry shows. */
import { z } from 'zod';

export interface AuditRecordLine {
  /** `portal:17`: where it stands, and its number there. */
  readonly key: string;
  readonly at: Date;
  /** The source: the portal's records are claims, the signer's are its own acts. */
  readonly source: 'portal' | 'signer';
  readonly kind: string;
  /** null: nobody in particular, or it isn't shown. */
  readonly actor: string | null;
  readonly subject: string | null;
  /** Names and values, short enough for a list. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface RecordPage {
  readonly items: readonly AuditRecordLine[];
  /** `after` of the next page; null on the last one. */
  readonly next: string | null;
}

export const pageRows = 50;

const factCharactersMax = 300;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** JSON members → facts; what is none is left out. */
export function factsOf(detail: Readonly<Record<string, unknown>>): AuditRecordLine['facts'] {
  return Object.entries(detail).flatMap(([name, value]) => {
    if (value === null || value === '' || value === undefined) return [];
    const text =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : isTexts(value)
          ? value.join(', ') || 'none'
          : JSON.stringify(value);
    return [[name, text.length > factCharactersMax ? `${text.slice(0, factCharactersMax)}…` : text] as const];
  });
}

export const rowSchema = z.object({
  key: z.string(),
  at: z.date(),
  kind: z.string(),
  actor: z.string().nullable(),
  subject: z.string().nullable(),
  detail: z.unknown(),
});
export type RecordRow = z.infer<typeof rowSchema>;
