import { z } from 'zod';
import type { Paths } from '../../../lib/host/configuration/index.ts';
import { moduleEnvironmentSchema, pinSourceSchema } from '../../keyholder/index.ts';

/** The source of a PIN. */
export const pinSchema = ({ absolute }: Paths) =>
  pinSourceSchema.transform((pin) => ('file' in pin ? { file: absolute(pin.file) } : pin));

/** The part of a service's configuration that says which keys it works with. */
export const keyHolderSchema = (paths: Paths) =>
  z.strictObject({
    /** PKCS#11 module; default: an installed SoftHSM. */
    module: z.string().min(1).optional(),
    softhsmConf: paths.path.optional(),
    moduleEnvironment: moduleEnvironmentSchema.default({}),
    /** Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md). */
    fips: z.boolean().default(false),
    tokenLabel: z.string().min(1),
    pin: pinSchema(paths),
    registry: paths.path,
    journal: paths.path,
  });
