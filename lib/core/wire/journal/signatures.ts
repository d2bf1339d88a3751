/** Signatures: what was requested of the keyholder, and what it returned. */
import { z } from 'zod';
import { commit, defineEvent, earlierForm, hex64, pass, path } from './event.ts';

const facts = {
  pass,
  grantId: hex64.describe('The grant that the keyholder was given'),
  path: path.describe('Path in the artifact, outermost container first'),
  unsignedSha256: hex64.describe('The file to be signed'),
  subjectDigest: z
    .string()
    .describe('What the signature states of the file, by its format’s rules, hexadecimal'),
  toBeSignedSha256: hex64.describe('The octets that the key signs'),
  keyLabel: z.string().describe('Label of key and certificate in the registry'),
  certificateSerial: z.string().describe('Serial number of its certificate'),
  policyCommit: commit.describe('The policy that allowed it'),
};

/** While only Windows programs were signed, the subject's digest was called `authenticodeDigest`. */
function withSubject(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { authenticodeDigest, ...rest } = members;
  return 'subjectDigest' in members || authenticodeDigest === undefined
    ? members
    : { ...rest, subjectDigest: authenticodeDigest };
}

export const signIntent = defineEvent({
  kind: 'sign.intent',
  says: 'A signature is about to be requested of the keyholder. Written first, so that none is ever made without a trace.',
  about: 'request',
  version: 1,
  body: earlierForm(z.object(facts), withSubject),
});

export const signDone = defineEvent({
  kind: 'sign.done',
  says: 'The keyholder has signed. The file isn’t released yet.',
  about: 'request',
  version: 1,
  body: earlierForm(
    z.object({ ...facts, signatureSha256: hex64.describe('The signature’s octets') }),
    withSubject,
  ),
});

export const signatureRecovered = defineEvent({
  kind: 'signature.recovered',
  says: 'A signature in the keyholder’s journal that a restored database had lost, as confirmed by an operator.',
  about: 'either',
  version: 1,
  body: z.object({
    grantId: hex64.describe('The grant that the keyholder was given'),
    request: z.string().describe('The request that it was for, by the keyholder’s journal'),
    purpose: z.string().describe('`release` or `test`'),
    keyLabel: z.string().describe('Label of key and certificate in the registry'),
    project: z.string().nullable().describe('Slug of the project'),
    path: z.string().describe('Path in the artifact, its steps joined by `!/`'),
    unsignedSha256: hex64.nullable().describe('The file that was signed'),
    artifactSha256: hex64.nullable().describe('The artifact that contained it'),
    policyCommit: z.string().nullable().describe('The policy that allowed it'),
    signatureSha256: hex64.describe('The signature’s octets'),
    at: z.string().describe('When it was signed, by the keyholder'),
  }),
});

export const claimsReleased = defineEvent({
  kind: 'claims.released',
  says: 'An operator has confirmed that a signer is lost: other signers no longer wait for what its keyholder may have signed.',
  about: 'signer',
  version: 1,
  body: z.object({
    signer: z.string().describe('The signer on whose host it was confirmed'),
    by: z.string().describe('Account that confirmed it'),
    plan: z.string().describe('12 hexadecimal digits of what was shown before'),
    holder: z.string().describe('The signer that is lost'),
    released: z
      .array(
        z.object({
          request: z.string().describe('The request'),
          path: z.string().describe('Path in the artifact, its steps joined by `!/`'),
          grantId: hex64.describe('The grant that the lost keyholder was given, or was about to be'),
          keyLabel: z.string().describe('Label of the key'),
        }),
      )
      .describe('Signatures that may exist there and nowhere else: another one may be made now'),
    found: z
      .int()
      .nonnegative()
      .describe('Signatures that were in the keyholder’s journals that were given, and are used'),
  }),
});

/** Entries that name a grant of the keyholder. */
export const grantEvents = [signIntent, signDone, signatureRecovered] as const;
