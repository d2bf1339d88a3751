/** Signing requests as a whole: received, released, refused, failed. */
import { z } from 'zod';
import { requestSteps } from '../request/index.ts';
import { defineEvent, hex64, pass, path, time } from './event.ts';

export const step = z.enum(requestSteps).describe('The current step');
const summary = z.string().describe('Why, in one or more sentences for a maintainer');

export const requestReceived = defineEvent({
  kind: 'request.received',
  says: 'The signer has started on a request: its members, as the portal submitted them. Claims, not trusted.',
  about: 'request',
  version: 1,
  body: z.object({
    pass,
    project: z.string().describe('Slug of the project'),
    policy: z.string().describe('Slug of the signing policy'),
    artifactSha256: hex64.describe('The file to be signed'),
    artifactName: z.string().describe('A name for people'),
    bundleSha256: hex64.nullable().describe('The attestation that came with it, or null'),
    submittedBy: z
      .string()
      .describe(
        '`person:<handle>`, `token:<project>/<name> by person:<handle>`, or `build:<provider>/<repository>/<run>/<attempt> by person:<handle>`',
      ),
    submittedAt: time.describe('When, by the portal'),
    parameters: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('Values for the artifact configuration, by name; missing where it gave none'),
  }),
});

export const requestReleased = defineEvent({
  kind: 'request.released',
  says: 'The signed artifact is in the release store and may be downloaded. Final.',
  about: 'request',
  version: 1,
  body: z.object({
    pass,
    artifactSha256: hex64.describe('The signed artifact'),
    artifactSizeBytes: z.int().nonnegative().describe('Its size'),
    certificateSerial: z.string().describe('Serial number of the certificate that signed'),
    signatures: z
      .array(
        z.object({
          path: path.describe('Path in the artifact, outermost container first'),
          unsignedSha256: hex64.describe('The file as it was inspected'),
          signedSha256: hex64.describe(
            'The file with its signature; the one beside it, where there is a `signaturePath`',
          ),
          signaturePath: path
            .exactOptional()
            .describe(
              'Path of the file that holds the signature, where that isn’t the signed file itself; that one is released as it was inspected',
            ),
          timestampedAt: time
            .nullable()
            .describe('By the timestamp authority; null: the policy asks for none'),
        }),
      )
      .describe('The signed files'),
    followed: z
      .array(
        z.object({
          path: path.describe('Path in the artifact, outermost container first'),
          inspectedSha256: hex64.describe('The list as it was inspected'),
          releasedSha256: hex64.describe('The list as it is released'),
          fields: z.int().positive().describe('How many values in it were written anew'),
        }),
      )
      .exactOptional()
      .describe(
        'Lists that state digests or sizes of signed files, and were written anew; absent: there are none',
      ),
  }),
});

export const requestDenied = defineEvent({
  kind: 'request.denied',
  says: 'The request was refused. Final: a new one is judged under the policy then in force.',
  about: 'request',
  version: 1,
  body: z.object({ pass, step, summary }),
});

export const requestFailed = defineEvent({
  kind: 'request.failed',
  says: 'A failure that no retry fixes, or retries were used up. Final; it says nothing about the artifact.',
  about: 'request',
  version: 1,
  body: z.object({ pass, step, summary }),
});
