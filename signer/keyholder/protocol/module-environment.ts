import { z } from 'zod';

/** Variables that change how Node or the linker load code, and one with a setting of its own. */
const refused = /^(?:NODE_.*|LD_.*|DYLD_.*|OPENSSL_.*|PATH|SOFTHSM2_CONF|CREDENTIALS_DIRECTORY)$/;

/**
 * Environment variables that a PKCS#11 module reads, such as the place of its own configuration. Nothing else of the
 * environment is passed to the key holder's process.
 */
export const moduleEnvironmentSchema = z
  .record(
    z
      .string()
      .regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'a variable’s name')
      .refine((name) => !refused.test(name), { error: 'this variable is not for modules: leave it out' }),
    z.string().max(1024),
  )
  .refine((variables) => Object.keys(variables).length <= 16, { error: 'at most 16 variables' });

export type ModuleEnvironment = z.infer<typeof moduleEnvironmentSchema>;
