import { z } from 'zod';
import {
  key,
  keys,
  pathsAsWritten,
  readConfiguration,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { keyHolderSchema, listenKey, versionKey } from '../../ground/service/index.ts';

const timeServer = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?$/;

const exampleOid = '1.3.6.1.4.1.32473.1.2';

const clockSchema = keys({
  servers: key(
    'The clock is compared with these time servers (NTP): while it is off, or too few answer, no time is given.',
    z
      .array(z.string().max(255).regex(timeServer, 'a host, or host:port'))
      .max(16)
      .refine((servers) => new Set(servers).size === servers.length, {
        error: 'every server is listed once',
      })
      .default([]),
    {
      sample: ['ntp1.example.org', 'ntp2.example.org', 'ntp3.example.org'],
      risk: (servers) =>
        servers.length < 3
          ? 'With fewer than three time servers a clock that is wrong from the start isn’t noticed, and one wrong server can’t be told from a right one: name three.'
          : null,
    },
  ),
  agreeing: key(
    'How many must agree with the clock; they must also outnumber those that don’t.',
    z.int().min(1).max(16).default(2),
    { unit: 'count' },
  ),
  toleranceMilliseconds: key('How far apart they may be.', z.int().min(10).max(60_000).default(500)),
  intervalSeconds: key('How often they are asked.', z.number().positive().max(3600).default(60)),
}).refine((clock) => clock.servers.length === 0 || clock.servers.length >= clock.agreeing, {
  error: 'servers: at least as many as must agree',
});

const schema = (paths: Paths) =>
  keys({
    version: versionKey(),
    listen: listenKey(8318),
    policyOid: key(
      'The policy that every token is issued under (RFC 3161 §2.4.2). The default is from the example arc (RFC 5612).',
      z
        .string()
        .regex(/^[0-2](\.(0|[1-9][0-9]*))+$/, 'an object identifier')
        .default(exampleOid),
      {
        risk: (oid) =>
          oid === exampleOid
            ? 'Tokens are issued under an example’s policy: set an object identifier of your own arc.'
            : null,
      },
    ),
    accuracySeconds: key('The accuracy that tokens state.', z.int().min(1).max(60).default(1)),
    clock: key('What the clock is compared with.', clockSchema.prefault({})),
    keyLabel: key(
      'Label of the timestamp key in the registry.',
      z.string().min(1).default('foundation-timestamp'),
    ),
    serialFile: key('Where the last serial number is kept.', paths.path, {
      names: 'makes',
      example: '/var/lib/countersign/tsa/serial',
    }),
    keyHolder: key(
      'The timestamp key, and how the keyholder reaches it.',
      keyHolderSchema(paths, 'timestamping', 'tsa'),
    ),
  });
export { schema as tsaConfigurationSchema };

/** `host`, `host:port` or `[IPv6]:port`, as the configuration holds it. */
export function parseTimeServer(text: string): { readonly host: string; readonly port: number } {
  const [, address, name, port] = timeServer.exec(text) ?? [];
  return { host: address ?? name ?? text, port: Number(port ?? 123) };
}

export const tsaConfigSchema = schema(pathsAsWritten);
export type TsaConfig = z.infer<typeof tsaConfigSchema>;
export type TsaConfigInput = z.input<typeof tsaConfigSchema>;

/**
 * File → configuration with absolute paths; relative ones are resolved from the file's folder. Throws a
 * ConfigurationError.
 */
export function readTsaConfig(file: string): TsaConfig {
  return readConfiguration(file, schema);
}
