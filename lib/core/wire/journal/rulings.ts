/** What is withdrawn or stopped: revocations and emergency stops. */
import { z } from 'zod';
import { parseCertificateSerial, parseCommitSha } from '../../ids/index.ts';
import type { RevocationReason } from '../../pki/crl/index.ts';
import { defineEvent, hex64, identifier, sometimes, time } from './event.ts';

const reasons: Readonly<Record<RevocationReason, null>> = {
  keyCompromise: null,
  affiliationChanged: null,
  superseded: null,
  cessationOfOperation: null,
  privilegeWithdrawn: null,
};

export const certificateRevoked = defineEvent({
  kind: 'certificate.revoked',
  says: 'The signer has learned that a certificate is revoked, or since an earlier date than it knew. Never forgotten.',
  about: 'signer',
  version: 1,
  body: z.object({
    serial: identifier(parseCertificateSerial).describe('Serial number of the certificate'),
    project: z.string().describe('Slug of the project'),
    certificate: z.string().describe('Name of the certificate in the project’s file'),
    reason: z
      .enum(Object.keys(reasons) as [RevocationReason, ...RevocationReason[]])
      .describe('CRLReason of RFC 5280'),
    effectiveAt: time.describe('From when on signatures are bad'),
    learnedAt: time.describe('When the signer first read it'),
    policyCommit: identifier(parseCommitSha)
      .nullable()
      .describe('The policy that says so; null: the register was rebuilt, and only a published list knew'),
    signer: sometimes(z.string()).describe('The signer that wrote it; entries of the first versions lack it'),
  }),
});

export const projectSlug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug');
const common = {
  by: z
    .string()
    .min(1)
    .max(200)
    .describe('Account on a signer’s host; who signed the word, as the signer that took it in found'),
  signer: z
    .string()
    .min(1)
    .max(63)
    .describe('The signer on whose host it was said, or that took the word in'),
};
const word = {
  source: z.literal('statement'),
  ...common,
  statement: z.string().min(1).max(8192).describe('Source `statement`: canonical JSON, as it was signed'),
  signature: z.string().max(32_768).describe('Source `statement`: armored SSHSIG'),
};

export const hostStopSchema = z.strictObject({
  action: z.literal('stop').describe('`stop` or `lift`'),
  source: z.literal('host').describe('`host`: said at a signer’s host; `statement`: a signed word'),
  ...common,
  id: z.uuid().describe('Source `host`, a stop: its name'),
  project: projectSlug.nullable().describe('Source `host`, a stop: slug of the project; null: everybody'),
  reason: z.string().trim().min(1).max(500).describe('Source `host`, a stop: why'),
  at: time.describe('Source `host`: when it was said'),
  lock: hex64
    .nullable()
    .describe(
      'Source `host`, a stop: SHA-256 of the key that lifts it, which that host alone has; null: no key does',
    ),
});
const wordStopSchema = z.strictObject({ action: z.literal('stop'), ...word });
const hostLiftSchema = z.strictObject({
  action: z.literal('lift'),
  source: z.literal('host'),
  ...common,
  at: time,
  // Of the very stops that are lifted: what was given meanwhile has another lock.
  keys: z
    .array(hex64)
    .min(1)
    .max(1000)
    .readonly()
    .describe('Source `host`, a lift: keys of the stops that it lifts'),
});
const wordLiftSchema = z.strictObject({ action: z.literal('lift'), ...word });

export const stopEntrySchema = z.union([hostStopSchema, wordStopSchema]);
export const liftEntrySchema = z.union([hostLiftSchema, wordLiftSchema]);

export const emergencyStop = defineEvent({
  kind: 'emergency-stop',
  says: 'Signing was stopped, for a project or everybody, or goes on again; with its proof. Every signer reads it here.',
  about: 'signer',
  version: 1,
  // Strict: what says more than is known here could mean a wider stop.
  body: z.union([stopEntrySchema, liftEntrySchema]),
});

const earlierStop = {
  project: projectSlug.nullable().describe('Slug of the project; null: everybody'),
  reason: z.string().describe('Why it was stopped'),
  by: z.string().describe('Account on the signer’s host'),
  at: time.describe('When it was stopped'),
};

export const signingStopped = defineEvent({
  kind: 'signing.stopped',
  says: 'A stop of one signer’s own host, before signers told one another of stops.',
  about: 'signer',
  version: 1,
  retired: 'emergency-stop',
  body: z.object(earlierStop),
});

export const signingResumed = defineEvent({
  kind: 'signing.resumed',
  says: 'Such a stop was lifted; the members are those of the stop.',
  about: 'signer',
  version: 1,
  retired: 'emergency-stop',
  body: z.object(earlierStop),
});
