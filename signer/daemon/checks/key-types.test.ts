import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import { checkKeyTypes } from './key-types.ts';

const keys = {
  'RSA-3072': generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'ECDSA P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ECDSA P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ec: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ed25519: generateKeyPairSync('ed25519'),
};

/** A zip with one file of each kind that its verifiers take other keys for. */
const contents = [
  { type: 'pe', path: 'a.exe', sign: { method: 'authenticode' } },
  { type: 'nuget', path: 'a.nupkg', sign: { method: 'nuget' } },
  { type: 'jar', path: 'a.jar', sign: { method: 'jar' } },
  { type: 'file', path: 'a.txt', sign: { method: 'cms' } },
  { type: 'nuget', path: 'b.nupkg' },
];
const artifactConfiguration = {
  apiVersion: 'countersign.dev/v1',
  root: { type: 'zip', contents },
} as unknown as ArtifactConfiguration;
const place = { file: 'artifact.yaml', line: 9, column: 5 };
const artifactLocations = { '/root/contents/1': place } as never;

const problems = (key: keyof typeof keys) =>
  checkKeyTypes({ artifactConfiguration, artifactLocations }, 'certificate', 'release', keys[key]);

describe('the key of a policy’s certificate', () => {
  it('is taken by all formats if it is RSA', () => {
    expect(problems('RSA-3072')).toEqual([]);
  });

  it.each(['ECDSA P-256', 'ECDSA P-384'] as const)(
    'is refused before anything is signed where NuGet would have to take %s',
    (kind) => {
      const found = problems(kind);
      expect(found).toMatchObject([
        {
          outcome: 'fail',
          rule: 'policy.key-type',
          expected: 'NuGet: a key of RSA',
          found: kind,
          policy: place,
        },
      ]);
      expect(found[0]?.fix).toContain('key: rsa-3072');
    },
  );

  it.each(['ec', 'ed25519'] as const)('is refused for every file that gets signed if it is %s', (kind) => {
    expect(problems(kind)).toHaveLength(4);
  });
});
