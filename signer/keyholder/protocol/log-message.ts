import { z } from 'zod';
import { keyHolderErrorCodes } from './error.ts';
import { pinSourceSchema } from './pin.ts';

/** The messages to and from the log's process: one request, one answer, never the PIN. */
export const logRequestSchema = z.strictObject({
  text: z.string().max(16_384),
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

export const logAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('note'), note: z.string().max(32_768) }),
  z.strictObject({ kind: z.literal('error'), code: z.enum(keyHolderErrorCodes), message: z.string() }),
]);
export type LogAnswer = z.infer<typeof logAnswerSchema>;
