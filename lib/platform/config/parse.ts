/** The portal's configuration file. */
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import {
  databaseKeys,
  key,
  keys,
  parseConfiguration,
  readConfiguration,
  withDatabasePassword,
  type Environment,
  type Paths,
} from '../../host/configuration/index.ts';
import { httpUrl, isLoopback, withoutFinalSlash } from './addresses.ts';
import { hostKeys } from './hosts.ts';
import { peopleKeys } from './people.ts';
import { uploadSchema } from './upload.ts';

const folderKeys = ({ path }: Paths) => ({
  artifactStore: key('Folder of the uploaded artifacts and bundles, written by the portal.', path, {
    names: 'folder',
    example: '/var/lib/countersign/artifacts',
  }),
  releasedStore: key('Folder of the released artifacts, written by the signer.', path.optional(), {
    default: '`released` beside the artifact store',
    names: 'folder',
    example: '/var/lib/countersign/released',
  }),
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
    ...folderKeys(paths),
    ...hostKeys(paths),
    ...peopleKeys(paths),
    upload: key('What may be uploaded (docs/guides/fairness.md).', uploadSchema),
  }).superRefine(({ auth, publicUrl }, context) => {
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
  readonly releasedStore: string;
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
  return { ...config, releasedStore: config.releasedStore ?? resolve(config.artifactStore, '../released') };
}
