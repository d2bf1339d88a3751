import { z } from 'zod';
import { keyHolderErrorCodes } from './error.ts';
import { pinSourceSchema } from './pin.ts';

/** Texts in one request: those of one round (signer/daemon/report). */
export const logTextsMax = 50;

/** The messages to and from the log's process: one request, one answer, never the PIN. */
export const logRequestSchema = z.strictObject({
  texts: z.array(z.string().max(16_384)).min(1).max(logTextsMax),
  options: z.strictObject({
    module: z.string().min(1),
    tokenLabel: z.string().min(1).max(32),
    keyLabel: z.string().min(1).max(128),
    /** Verifier line of the key, as in the registry. */
    verifierKey: z.string().max(512),
    pin: pinSourceSchema,
  }),
});
export type LogRequest = z.infer<typeof logRequestSchema>;

const refusal = z.strictObject({
  kind: z.literal('error'),
  code: z.enum(keyHolderErrorCodes),
  message: z.string(),
});

export const logAnswerSchema = z.discriminatedUnion('kind', [
  /** One for each text, in their order. */
  z.strictObject({
    kind: z.literal('answers'),
    answers: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('note'), note: z.string().max(32_768) }),
          refusal,
        ]),
      )
      .max(logTextsMax),
  }),
  /** Of all of them. */
  refusal,
]);
export type LogAnswer = z.infer<typeof logAnswerSchema>;
