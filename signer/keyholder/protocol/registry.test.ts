import { describe, expect, it } from 'vitest';
import { parseKeyRegistry } from './registry.ts';

const own = {
  label: 'widget.release',
  token: 'signing',
  purpose: 'release',
  project: 'widget',
  name: 'release',
  program: 'executables',
  certificate: 'widget.release.pem',
  chain: [],
};
const successor = {
  ...own,
  label: 'widget.release.2',
  key: 'widget.release',
  certificate: 'widget.release.2.pem',
};
const wrapped = { file: 'wrapped/widget.release.json', sha256: 'a'.repeat(64), by: 'foundation-wrapping' };
const parse = (keys: readonly object[], more: object = {}) =>
  parseKeyRegistry(JSON.stringify({ version: 1, keys, ...more }), 'registry.json');

describe('a registry of keys', () => {
  it('of an earlier version reads as it did', () => {
    expect(parse([own]).keys).toEqual([own]);
  });

  it('has several certificates for one key, which have project, name, purpose, program and token in common', () => {
    expect(parse([own, { ...successor, notUsedBefore: '2026-12-14T00:00:00Z' }]).keys).toHaveLength(2);
    for (const [change, words] of [
      [{ token: 'signing-2' }, 'its token is another'],
      [{ project: 'gadget' }, 'its project is another'],
      [{ name: 'other' }, 'its name is another'],
      [{ purpose: 'test' }, 'its purpose is another'],
      [{ program: 'components' }, 'its program is another'],
      [{ holder: { organization: 'Widget e.V.' } }, 'its holder is another'],
      [{ key: 'gadget.release' }, 'is no entry with a key of its own'],
      [{ key: 'widget.release.2' }, 'is no entry with a key of its own'],
      [{ wrapped }, 'how its key is kept is said of widget.release'],
    ] as const) {
      expect(() => parse([own, { ...successor, ...change }])).toThrow(words);
    }
    const { certificate: _, chain: __, ...waiting } = successor;
    expect(() => parse([own], { waiting: [{ ...waiting, token: 'signing-2' }] })).toThrow(
      'its token is another',
    );
    // Both may wait for a public CA, and the second be answered first.
    const { certificate: ___, chain: ____, ...first } = own;
    expect(parse([successor], { waiting: [first] }).keys).toHaveLength(1);
  });

  it('names files of wrapped keys beside itself alone', () => {
    expect(parse([{ ...own, wrapped }]).keys[0]?.wrapped).toEqual(wrapped);
    for (const file of ['/etc/passwd', '../elsewhere.json', 'wrapped\\key.json']) {
      expect(() => parse([{ ...own, wrapped: { ...wrapped, file } }])).toThrow(
        'a path relative to the registry',
      );
    }
    expect(() => parse([{ ...own, wrapped: { ...wrapped, sha256: 'A'.repeat(64) } }])).toThrow(
      '64 lower-case',
    );
  });
});
