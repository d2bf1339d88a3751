/** The portal's configuration file. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  databaseKeys,
  key,
  keys,
  parseConfiguration,
  readConfiguration,
  withDatabasePassword,
  type Environment,
  type Paths,
  folderOf,
  overlapOf,
  storePlaceSchema,
  type StorePlace,
} from '../../host/configuration/index.ts';
import { httpUrl, isLoopback, withoutFinalSlash } from './addresses.ts';
import { hostKeys } from './hosts.ts';
import { peopleKeys } from './people.ts';
import { quotasSchema, retentionSchema } from './retention.ts';
import { tracesSchema } from './traces.ts';
import { uploadSchema } from './upload.ts';

const storeIn = (paths: Paths, bucket: string) =>
  storePlaceSchema(paths, { credential: 's3-portal', bucket: `example-${bucket}` });

const storeKeys = (paths: Paths) => ({
  artifactStore: key(
    'The uploaded artifacts and bundles, written by the portal: a folder, or a bucket.',
    storeIn(paths, 'artifacts'),
    {
      names: 'folder',
      example: '/var/lib/countersign/artifacts',
    },
  ),
  releasedStore: key(
    'The released artifacts, written by the signer: a folder, or a bucket.',
    storeIn(paths, 'released').optional(),
    {
      default: '`released` beside the artifact store’s folder',
      names: 'folder',
      example: '/var/lib/countersign/released',
    },
  ),
  presignedDownloads: key(
    'Whether browsers get released files from the bucket’s own server, at an address that holds for a minute (docs/guides/object-store.md). Revoked files, parts of files, and what programs ask for, come from the portal.',
    z.boolean().default(false),
    { neededBy: 'releases in a bucket whose address everybody reaches' },
  ),
});

const folderKeys = ({ path }: Paths) => ({
  keysDir: key('Folder with the public certificates (PEM) and registry.json.', path, {
    names: 'folder',
    example: '/var/lib/countersign/keys',
  }),
  publicationDir: key(
    'Folder that the revocation authority publishes: lists, the issuing certificate, and revocations of OpenPGP keys.',
    path.optional(),
    {
      default: 'none',
      names: 'folder',
      example: '/var/lib/countersign/pki',
      neededBy: 'foundations that revoke themselves',
    },
  ),
  responderUrl: key(
    'Where this portal reaches the responder, to say at /readyz whether it works.',
    httpUrl.transform(withoutFinalSlash).optional(),
    {
      default: 'nothing is said of it',
      example: 'http://127.0.0.1:8080/',
      neededBy: 'foundations that answer themselves',
    },
  ),
});

const schema = (paths: Paths) =>
  keys({
    ...databaseKeys(paths, 'portal'),
    ...storeKeys(paths),
    ...folderKeys(paths),
    ...hostKeys(paths),
    ...peopleKeys(paths),
    upload: key('What may be uploaded (docs/guides/fairness.md).', uploadSchema),
    quotas: key(
      'How much each project may store and ask for (docs/guides/retention.md).',
      quotasSchema.optional(),
      {
        default: 'no limits beside those of `upload`',
      },
    ),
    retention: key(
      'When what nobody needs any more is removed (docs/guides/retention.md).',
      retentionSchema.optional(),
      {
        default: 'everything that a request uses is kept',
      },
    ),
    traces: key(
      'Where this portal sends OpenTelemetry traces (docs/guides/traces.md).',
      tracesSchema(paths).optional(),
      { default: 'nowhere' },
    ),
  }).superRefine(({ auth, publicUrl, artifactStore, releasedStore, presignedDownloads }, context) => {
    const apart = releasedStore === undefined ? null : overlapOf(artifactStore, releasedStore);
    if (apart !== null)
      context.addIssue({ code: 'custom', path: ['releasedStore'], message: `write ${apart}` });
    if (releasedStore === undefined && folderOf(artifactStore) === null)
      context.addIssue({
        code: 'custom',
        path: ['releasedStore'],
        message: 'write where releases are: beside a bucket there is no folder',
      });
    if (presignedDownloads && typeof releasedStore !== 'object')
      context.addIssue({
        code: 'custom',
        path: ['presignedDownloads'],
        message: 'write false: releases are in a folder, which has no server of its own',
      });
    if (!auth.development || isLoopback(publicUrl)) return;
    context.addIssue({
      code: 'custom',
      path: ['auth', 'development'],
      message:
        'false, and configure auth.github or auth.gitlab: development sign-in lets anybody sign in as anybody and works only where publicUrl is a loopback address',
    });
  });
export { schema as portalConfigurationSchema };

export interface PortalConfig extends z.output<ReturnType<typeof schema>> {
  readonly releasedStore: StorePlace;
}

/** Reads the file. Throws a ConfigurationError. No defaults that weaken anything. */
export function readPortalConfig(file: string, env: Environment): PortalConfig {
  const config = complete(readConfiguration(file, schema));
  return { ...config, databaseUrl: withDatabasePassword(config.databaseUrl, config.databasePassword, env) };
}

/** The same for text, whose paths start in `baseDir`. */
export function parsePortalConfig(text: string, baseDir: string): PortalConfig {
  const bytes = new TextEncoder().encode(text);
  return complete(parseConfiguration({ file: join(baseDir, 'portal.yaml'), bytes }, schema));
}

function complete(config: z.output<ReturnType<typeof schema>>): PortalConfig {
  const { releasedStore, artifactStore } = config;
  const beside = () => {
    const folder = folderOf(artifactStore);
    if (folder === null) throw new TypeError('the parser refuses a bucket without a place of releases');
    return resolve(folder, '../released');
  };
  return { ...config, releasedStore: releasedStore ?? beside() };
}
