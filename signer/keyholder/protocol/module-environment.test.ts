import { describe, expect, it } from 'vitest';
import { moduleEnvironmentSchema } from './module-environment.ts';

describe('the environment of a PKCS#11 module', () => {
  it.each(['YUBIHSM_PKCS11_CONF', 'ChrystokiConfigurationPath', 'KMS_PKCS11_CONFIG', 'AWS_REGION'])(
    'may have %s',
    (name) => {
      expect(moduleEnvironmentSchema.parse({ [name]: '/etc/x' })).toEqual({ [name]: '/etc/x' });
    },
  );

  it.each([
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'PATH',
    'OPENSSL_CONF',
    'SOFTHSM2_CONF',
    'a b',
    '',
  ])('may not have %j', (name) => {
    expect(moduleEnvironmentSchema.safeParse({ [name]: 'x' }).success).toBe(false);
  });

  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`V${index}`, 'x']));
    expect(moduleEnvironmentSchema.safeParse(many).success).toBe(false);
    expect(moduleEnvironmentSchema.safeParse({ V: 'x'.repeat(1025) }).success).toBe(false);
  });
});
