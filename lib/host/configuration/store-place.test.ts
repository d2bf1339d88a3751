import { describe, expect, it } from 'vitest';
import { key, keys, parseConfiguration } from './index.ts';
import { describePlace, overlapOf, storePlaceSchema, type StorePlace } from './store-place.ts';

const s3 = {
  endpoint: 'https://s3.example.org',
  region: 'eu-central-1',
  bucket: 'signing',
  prefix: 'artifacts/',
  keys: { file: 'keys' },
};
const parse = (store: unknown): StorePlace =>
  parseConfiguration(
    { file: '/etc/countersign/x.yaml', bytes: new TextEncoder().encode(JSON.stringify({ store }, null, 1)) },
    (paths) => keys({ store: key('A store.', storePlaceSchema(paths, { credential: 's3-x', bucket: 'x' })) }),
  ).store;

describe('a store in a configuration', () => {
  it('is a folder’s path, or a bucket', () => {
    expect(parse('artifacts')).toBe('/etc/countersign/artifacts');
    expect(parse({ s3 })).toEqual({
      s3: { ...s3, addressing: 'path', keys: { file: '/etc/countersign/keys' } },
    });
    expect(describePlace(parse({ s3 }))).toBe('https://s3.example.org/signing/artifacts/');
  });

  it.each([
    ['an endpoint of another protocol', 'endpoint', 'ftp://s3.example.org'],
    ['an endpoint with a path', 'endpoint', 'https://s3.example.org/bucket'],
    ['an endpoint with a password', 'endpoint', 'https://user:secret@s3.example.org'],
    ['an endpoint without a protocol', 'endpoint', 's3.example.org'],
    ['no region', 'region', ''],
    ['a bucket that leads upwards', 'bucket', '../other'],
    ['a bucket in capitals', 'bucket', 'Capitals'],
    ['a prefix that leads upwards', 'prefix', '../'],
    ['a prefix that leads nowhere', 'prefix', 'a/./'],
    ['a prefix that leads upwards again', 'prefix', 'a/../b/'],
    ['a prefix that begins with a slash', 'prefix', '/a/'],
    ['a prefix that ends in a name', 'prefix', 'a'],
    ['a prefix with a space', 'prefix', 'a b/'],
    ['another addressing', 'addressing', 'dns'],
  ])('refuses %s, by name and with what to write', (_what, name, value) => {
    expect(() => parse({ s3: { ...s3, [name]: value } })).toThrow(
      new RegExp(`^/etc/countersign/x.yaml:\\d+:\\d+: \`store\\.s3\\.${name}\` is .* Write .*`),
    );
  });

  it('repeats no access key that stands where its file should be named', () => {
    const written = { s3: { ...s3, keys: 'wJalrXUtnFEMI' } };
    expect(() => parse(written)).toThrow('`store.s3.keys` is something else (not repeated here).');
    expect(() => parse(written)).not.toThrow('wJalr');
  });

  it('names the key that is missing or unknown, and not only the whole', () => {
    const { bucket: _, ...without } = s3;
    expect(() => parse({ s3: without })).toThrow(/`store\.s3\.bucket` is missing/);
    expect(() => parse({ s3: { ...s3, buckets: 'x' } })).toThrow(
      /`store\.s3\.buckets` is not known. Did you mean/,
    );
    expect(() => parse({ S3: s3 })).toThrow(/`store\.S3` is not known. Did you mean `s3`/);
    expect(() => parse(5)).toThrow(/`store` is 5\. Write a path/);
  });

  it.each([
    ['the same', 'artifacts/', 'artifacts/', true],
    ['one in the other', '', 'artifacts/', true],
    ['side by side', 'released/', 'artifacts/', false],
    ['of a name that begins the same', 'artifacts-2/', 'artifacts/', false],
  ])('two in one bucket, %s', (_what, prefix, other, isOverlap) => {
    const one: StorePlace = { s3: { ...s3, prefix, addressing: 'path' } };
    expect(overlapOf(one, { s3: { ...s3, prefix: other, addressing: 'host' } }) !== null).toBe(isOverlap);
    expect(overlapOf(one, '/folder')).toBeNull();
  });
});
