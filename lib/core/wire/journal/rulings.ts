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
  says: 'The signer has learned of a revocation, or of an earlier date for one. Never forgotten.',
  about: 'signer',
  version: 1,
  body: z.object({
    serial: identifier(parseCertificateSerial).describe('Serial number of the certificate'),
    project: z.string().describe('Slug of the project'),
    certificate: z.string().describe('Name of the certificate in the project’s file'),
    reason: z
      .enum(Object.keys(reasons) as [RevocationReason, ...RevocationReason[]])
      .describe('CRLReason of RFC 5280'),
    effectiveAt: time.describe('From when on signatures are invalid'),
    learnedAt: time.describe('When the signer first read it'),
    policyCommit: identifier(parseCommitSha)
      .nullable()
      .describe(
        'The policy that revoked it; null: the register was rebuilt, and only a published list had it',
      ),
    signer: sometimes(z.string()).describe('The signer that wrote it; entries of the first versions lack it'),
  }),
});

export const projectSlug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug');
const common = {
  by: z
    .string()
    .min(1)
    .max(200)
    .describe('Account on a signer’s host, or the signer of the statement, as verified when it was accepted'),
  signer: z
    .string()
    .min(1)
    .max(63)
    .describe('The signer on whose host it was given, or that accepted the statement'),
};
const statementMembers = {
  source: z.literal('statement'),
  ...common,
  statement: z.string().min(1).max(8192).describe('Source `statement`: canonical JSON, as it was signed'),
  signature: z.string().max(32_768).describe('Source `statement`: armored SSHSIG'),
};

export const hostStopSchema = z.strictObject({
  action: z.literal('stop').describe('`stop` or `lift`'),
  source: z.literal('host').describe('`host`: given on a signer’s host; `statement`: a signed statement'),
  ...common,
  id: z.uuid().describe('Source `host`, a stop: its name'),
  project: projectSlug.nullable().describe('Source `host`, a stop: slug of the project; null: everybody'),
  reason: z.string().trim().min(1).max(500).describe('Source `host`, a stop: why'),
  at: time.describe('Source `host`: when it was given'),
  lock: hex64
    .nullable()
    .describe(
      'Source `host`, a stop: SHA-256 of the key that lifts it, which that host alone has; null: no key does',
    ),
});
const statementStopSchema = z.strictObject({ action: z.literal('stop'), ...statementMembers });
const hostLiftSchema = z.strictObject({
  action: z.literal('lift'),
  source: z.literal('host'),
  ...common,
  at: time,
  // Keys of exactly the lifted stops: later ones have another lock.
  keys: z
    .array(hex64)
    .min(1)
    .max(1000)
    .readonly()
    .describe('Source `host`, a lift: keys of the stops that it lifts'),
});
const statementLiftSchema = z.strictObject({ action: z.literal('lift'), ...statementMembers });

export const stopEntrySchema = z.union([hostStopSchema, statementStopSchema]);
export const liftEntrySchema = z.union([hostLiftSchema, statementLiftSchema]);

export const emergencyStop = defineEvent({
  kind: 'emergency-stop',
  says: 'Signing was stopped or resumed, for a project or all; with its proof. Every signer reads it here.',
  about: 'signer',
  version: 1,
  // Strict: an unknown member could mean a wider stop.
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
  says: 'A stop of one signer’s own host, before signers shared stops.',
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
