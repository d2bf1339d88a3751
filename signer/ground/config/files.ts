/** Keys of the signer's configuration: where its policy comes from, and what it keeps. */
import { hostname } from 'node:os';
import { z } from 'zod';
import {
  databaseKeys,
  key,
  keys,
  type Paths,
  overlapOf,
  storePlaceSchema,
} from '../../../lib/host/configuration/index.ts';

export const seconds = z.number().positive().max(86_400);
const storeIn = (paths: Paths, bucket: string) =>
  storePlaceSchema(paths, { credential: 's3-signer', bucket: `example-${bucket}` });
const beside = 'beside the policy clone';

export const fileKeys = (paths: Paths) => {
  const { path, absolute } = paths;
  return {
    signerId: key(
      'Name of this signer among those on the same database.',
      z
        .string()
        .regex(
          /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})$/,
          'up to 63 letters, digits, dots, hyphens and underscores',
        )
        .default(() => hostname().slice(0, 63)),
      { default: 'the host’s name', sample: 'signer-1', neededBy: 'several signers on one host' },
    ),
    ...databaseKeys(paths, 'signer'),
    policyRepository: key(
      'The repository of policies that this signer follows.',
      keys({
        url: key('Where it is, for git.', z.string().min(1), {
          example: 'https://github.com/example-foundation/policies.git',
        }),
        ref: key(
          'The branch that policies are accepted from.',
          z.string().regex(/^refs\/heads\/.+/, 'a full ref such as refs/heads/main'),
          { example: 'refs/heads/main' },
        ),
        initialCommit: key(
          'The first accepted commit, for which nobody’s signature is counted: whoever chooses it decides who the policy maintainers are. Have a second person compare it.',
          z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a full commit hash'),
          { example: '0123456789abcdef0123456789abcdef01234567' },
        ),
        directory: key('The signer’s own clone; the signer’s state lies beside it.', path, {
          names: 'makes',
          example: '/var/lib/countersign/signer/policies.git',
        }),
        pollSeconds: key('How often it asks for newer commits.', seconds.default(30)),
      }),
    ),
    store: key(
      'The stores that the signer shares with the portal.',
      keys({
        artifacts: key(
          'What was uploaded, written by the portal: a folder, or a bucket.',
          storeIn(paths, 'artifacts'),
          {
            names: 'folder',
            example: '/var/lib/countersign/artifacts',
          },
        ),
        released: key(
          'What was signed, written by the signer: a folder, or a bucket.',
          storeIn(paths, 'released'),
          {
            names: 'folder',
            example: '/var/lib/countersign/released',
          },
        ),
        artifactSizeBytesMax: key(
          'The largest artifact. The portal’s limit for uploads is its own; this one holds for whoever else writes into the store.',
          z
            .number()
            .int()
            .positive()
            .default(4 * 1024 ** 3),
        ),
      }).superRefine(({ artifacts, released }, context) => {
        const apart = overlapOf(artifacts, released);
        if (apart !== null)
          context.addIssue({ code: 'custom', path: ['released'], message: `write ${apart}` });
      }),
    ),
    workDirectory: key('Where files are worked on while they are signed.', path, {
      names: 'makes',
      example: '/var/lib/countersign/signer/work',
    }),
    journalAnchor: key('Where the signer records how far the journal had come.', path.optional(), {
      default: beside,
      names: 'makes',
    }),
    revocationRegister: key(
      'Every revocation that ever was in an accepted policy. The revocation authority reads it.',
      path.optional(),
      { default: beside, names: 'makes', example: '/var/lib/countersign/register/revocations.json' },
    ),
    emergencyStops: key('Emergency stops that were given on this host.', path.optional(), {
      default: beside,
      names: 'makes',
    }),
    sigstoreRoots: key(
      'Folder of the trust roots that the policy has kept current by TUF (docs/guides/trust-roots.md).',
      path.optional(),
      { default: beside, names: 'makes' },
    ),
    revocationList: key(
      'The revocation list that the authority publishes, for the signer to monitor.',
      keys({
        file: key('The list.', path, {
          names: 'file',
          sample: '/var/lib/countersign/pki/foundation-issuing.crl',
        }),
        issuer: key('The issuing certificate, in PEM.', path, {
          names: 'file',
          sample: '/var/lib/countersign/keys/foundation-issuing.pem',
        }),
      }).optional(),
      { default: 'not monitored', neededBy: 'foundations that revoke themselves' },
    ),
    statusAnswers: key(
      'The status answers (OCSP) that the authority publishes, likewise.',
      keys({
        folder: key('The folder of the answers.', path, {
          names: 'folder',
          sample: '/var/lib/countersign/pki/ocsp',
        }),
        issuer: key('The issuing certificate, in PEM.', path, {
          names: 'file',
          sample: '/var/lib/countersign/keys/foundation-issuing.pem',
        }),
      }).optional(),
      { default: 'not monitored', neededBy: 'foundations that answer themselves' },
    ),
    trustRoots: key(
      'Sigstore’s trusted roots by the name that trust/root.yaml uses: a file, or `builtin:` and the name of an embedded one.',
      z.record(
        z.string(),
        z
          .string()
          .min(1)
          .transform((value) => (value.startsWith('builtin:') ? value : absolute(value))),
      ),
      { example: { 'sigstore-public-good': 'builtin:sigstore-public-good' } },
    ),
  };
};
