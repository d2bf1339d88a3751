import { z } from 'zod';
import { pathsAsWritten, readConfiguration, type Paths } from '../../../lib/host/configuration/index.ts';
import { keyHolderSchema } from '../../ground/service/index.ts';

const timeServer = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?$/;

const schema = (paths: Paths) =>
  z.strictObject({
    version: z.literal(1),
    listen: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        /** 0: any free port. */
        port: z.int().min(0).max(65_535),
      })
      .prefault({ port: 0 }),
    /**
     * The policy every token is issued under (RFC 3161 §2.4.2); the default is from the example arc (RFC 5612), so
     * set your own.
     */
    policyOid: z
      .string()
      .regex(/^[0-2](\.(0|[1-9][0-9]*))+$/, 'an object identifier')
      .default('1.3.6.1.4.1.32473.1.2'),
    accuracySeconds: z.int().min(1).max(60).default(1),
    /**
     * The clock is compared with these time servers (NTP): while it is off, or too few answer, no time is given.
     * Without servers only jumps are detected.
     */
    clock: z
      .strictObject({
        servers: z
          .array(z.string().max(255).regex(timeServer, 'a host, or host:port'))
          .max(16)
          .refine((servers) => new Set(servers).size === servers.length, {
            error: 'every server is listed once',
          })
          .default([]),
        /** How many must agree with the clock; they must also outnumber those that don't. */
        agreeing: z.int().min(1).max(16).default(2),
        toleranceMilliseconds: z.int().min(10).max(60_000).default(500),
        intervalSeconds: z.number().positive().max(3600).default(60),
      })
      .refine((clock) => clock.servers.length === 0 || clock.servers.length >= clock.agreeing, {
        error: 'servers: at least as many as must agree',
      })
      .prefault({}),
    /** Label of the timestamp key in the registry. */
    keyLabel: z.string().min(1).default('foundation-timestamp'),
    /** Where the last serial number is kept. */
    serialFile: paths.path,
    keyHolder: keyHolderSchema(paths).extend({ signaturesPerMinuteMax: z.int().min(1).default(6000) }),
  });

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
