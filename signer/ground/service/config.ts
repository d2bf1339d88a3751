import { z } from 'zod';
import { key, keys, type Paths } from '../../../lib/host/configuration/index.ts';
import { moduleEnvironmentSchema, pinSourceSchema } from '../../keyholder/index.ts';

const [inFile, inEnvironment, inCredential] = pinSourceSchema.options;

/** The source of a PIN. */
export const pinSchema = ({ absolute }: Paths) =>
  z.union([
    keys({
      file: key(
        'A file with the PIN in one line, which its owner alone can read.',
        inFile.shape.file.transform(absolute),
        {
          names: 'secret',
        },
      ),
    }),
    keys({
      env: key('The name of an environment variable that holds the PIN.', inEnvironment.shape.env, {
        risk: () =>
          'Whoever may read the process’s environment has the PIN, and so have its child processes: use a credential.',
      }),
    }),
    keys({
      credential: key(
        'The name of a systemd credential (`LoadCredential=`) with the PIN in one line.',
        inCredential.shape.credential,
        { names: 'credential' },
      ),
    }),
  ]);

const secretPin = (credential: string) => `credential \`${credential}\`, a file, or an environment variable`;

/** How a PKCS#11 module is found and told of. */
export const moduleKeys = ({ path }: Paths) => ({
  softhsmConf: key(
    'SOFTHSM2_CONF for the module, where it is SoftHSM: the file that names the folder of its tokens.',
    path.optional(),
    { default: 'SoftHSM’s own', names: 'file', sample: '/etc/countersign/softhsm2.conf' },
  ),
  moduleEnvironment: key(
    'Further environment variables that the module reads (docs/guides/hsm.md).',
    moduleEnvironmentSchema.default({}),
  ),
  fips: key(
    'Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md).',
    z.boolean().default(false),
  ),
});

/** The PIN of the token that a process works with. */
export const pinKey = (paths: Paths, credential: string) =>
  key('Where the token’s PIN is. The keyholder alone reads it.', pinSchema(paths), {
    example: { credential },
    secret: secretPin(credential),
  });

export const segmentRecordsKey = () =>
  key(
    'Records of the keyholder’s journal, beyond which they become a segment: memory and time at its start are for one segment’s.',
    z.int().min(1000).max(1_000_000).default(50_000),
    { unit: 'count' },
  );

export const registryKey = ({ path }: Paths) =>
  key('The registry of keys and certificates that the ceremony writes.', path, {
    names: 'file',
    example: '/var/lib/countersign/keys/registry.json',
  });

/** The part of a service's configuration that says which keys it works with. `name`: of its token, and of the folder with its state. */
export const keyHolderSchema = (paths: Paths, name: string, folder: string) =>
  keys({
    module: key('Path of the PKCS#11 module.', z.string().min(1).optional(), {
      default: 'an installed SoftHSM',
      example: '/usr/lib/softhsm/libsofthsm2.so',
    }),
    ...moduleKeys(paths),
    tokenLabel: key('Label of the token with the keys.', z.string().min(1), { example: name }),
    pin: pinKey(paths, `pin-${name}`),
    registry: registryKey(paths),
    journal: key('The keyholder’s own record of every signature.', paths.path, {
      names: 'makes',
      example: `/var/lib/countersign/${folder}/keyholder/journal.jsonl`,
    }),
    segmentRecords: segmentRecordsKey(),
    signaturesPerMinuteMax: key(
      'The keyholder refuses further signatures within a minute.',
      z.int().min(1).default(6000),
      { unit: 'count' },
    ),
  });

/** Of the file's form. */
export const versionKey = () => key('Of this file’s form.', z.literal(1), { unit: 'count', example: 1 });

/** Where a service listens; `usual`: the port of the annotated example. */
export const listenKey = (usual: number) =>
  key(
    'Where it listens, for plain HTTP.',
    keys({
      host: key('An address of this machine.', z.string().min(1).default('127.0.0.1'), {
        risk: (host) =>
          ['127.0.0.1', 'localhost', '::1'].includes(host)
            ? null
            : 'Other machines reach it without the reverse proxy, its limits and its log: listen on 127.0.0.1.',
      }),
      port: key('0: any free port.', z.int().min(0).max(65_535), {
        unit: 'count',
        example: usual,
        risk: (port) =>
          port === 0 ? 'The port is another one after each start: nobody finds it. Choose one.' : null,
      }),
    }).prefault({ port: 0 }),
    { example: {} },
  );
