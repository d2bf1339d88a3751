import { z } from 'zod';
import { keyHolderErrorCodes } from './error.ts';
import { grantPurposeSchema, signingGrantWireSchema } from './grant-wire.ts';
import { pinSourceSchema } from './pin.ts';

/**
 * The messages between parent and child over the IPC channel. Each side parses what it receives; no message ever
 * contains the PIN.
 */
/** Below that folder, with forward slashes; its parts are what the inspector names files. */
const documentPath = z
  .string()
  .max(1024)
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
    'a path without dots at the beginning of a part',
  );

export const childOptionsSchema = z.strictObject({
  module: z.string().min(1),
  /** All of them on this module. With one alone, the keyholder doesn't open without it. */
  tokens: z
    .array(
      z.strictObject({
        label: z.string().min(1).max(32),
        pin: pinSourceSchema,
        /** Its PIN was refused before, with this message: it isn't tried again. */
        pinRefused: z.string().max(4096).nullable(),
      }),
    )
    .min(1)
    .max(16),
  registryFile: z.string().min(1),
  journalFile: z.string().min(1),
  /** Records of the journal, beyond which they become a segment. */
  segmentRecords: z.int().min(2).max(1_000_000),
  sessions: z.int().min(1).max(64),
  signaturesPerMinuteMax: z.int().min(1).max(1_000_000),
  purposes: z.array(grantPurposeSchema).min(1).nullable(),
  /** Folder of the files whose own bytes are signed; null: none are. */
  documents: z.string().min(1).nullable(),
  /** Only keys, certificates and tokens that conform to FIPS 186-5. */
  fips: z.boolean(),
});

export const requestMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open'), id: z.int(), options: childOptionsSchema }),
  z.strictObject({
    kind: z.literal('sign'),
    id: z.int(),
    grant: signingGrantWireSchema,
    /** In the folder of documents; null: what is signed is in the grant. */
    document: documentPath.nullable(),
  }),
  z.strictObject({ kind: z.literal('health'), id: z.int() }),
  z.strictObject({ kind: z.literal('close'), id: z.int() }),
]);

const healthSchema = z.strictObject({
  ok: z.boolean(),
  detail: z.string(),
  /** Head of the key holder's journal, to be stored elsewhere. */
  journal: z.strictObject({ sequence: z.int(), sha256: z.string() }),
  /** Connections to the token that were lost and re-established. */
  reconnections: z.int(),
  pid: z.int(),
  /** Whether Node's permission model is in effect: no process, no worker, no writing outside the journal's folder. */
  confined: z.boolean(),
  keys: z.array(z.string()),
  tokens: z.array(
    z.strictObject({
      label: z.string(),
      ok: z.boolean(),
      detail: z.string().max(4096),
      /** Number of keys in the registry. */
      keys: z.int(),
    }),
  ),
});

export const answerMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('opened'),
    id: z.int(),
    keys: z.array(z.string()),
    /** Tokens whose PIN was refused, with the message: labels. */
    pinsRefused: z.record(z.string(), z.string().max(4096)),
  }),
  z.strictObject({ kind: z.literal('signature'), id: z.int(), signature: z.base64().max(4096) }),
  z.strictObject({ kind: z.literal('health'), id: z.int(), health: healthSchema }),
  z.strictObject({ kind: z.literal('closed'), id: z.int() }),
  z.strictObject({
    kind: z.literal('error'),
    id: z.int(),
    code: z.enum(keyHolderErrorCodes),
    message: z.string().max(4096),
  }),
]);

export type ChildOptions = z.infer<typeof childOptionsSchema>;
export type RequestMessage = z.infer<typeof requestMessageSchema>;
export type AnswerMessage = z.infer<typeof answerMessageSchema>;
export type KeyHolderHealth = z.infer<typeof healthSchema>;
