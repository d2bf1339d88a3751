import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOfWrapped, parseWrappedKey, readRegisteredKey, writeWrappedKey } from './wrapped-key.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const text = writeWrappedKey({
  label: 'widget.release',
  by: 'foundation-wrapping',
  mechanism: 'aes-key-wrap-pad',
  publicKey,
  wrapped: Uint8Array.of(1, 2, 3, 4),
});
const bytes = Buffer.from(text);
const named = {
  file: 'wrapped/widget.release.json',
  sha256: digestOfWrapped(text),
  by: 'foundation-wrapping',
};
const invalid = { code: 'WRAPPED_KEY_INVALID' };

describe('the file of a wrapped key', () => {
  it('reads as it was written', () => {
    const key = readRegisteredKey(bytes, 'widget.release', named);
    expect(key).toMatchObject({
      label: 'widget.release',
      by: 'foundation-wrapping',
      mechanism: 'aes-key-wrap-pad',
    });
    expect(key.publicKey.equals(publicKey)).toBe(true);
    expect(Buffer.from(key.wrapped)).toEqual(Buffer.of(1, 2, 3, 4));
  });

  it('is another one’s if its digest is', () => {
    const changed = Buffer.from(text.replace('"version": 1', '"version":  1'));
    expect(parseWrappedKey(changed, 'x').label).toBe('widget.release');
    expect(() => readRegisteredKey(changed, 'widget.release', named)).toThrow(
      expect.objectContaining(invalid) as Error,
    );
  });

  it('is for the key and the wrapping key that the registry names it for', () => {
    expect(() => readRegisteredKey(bytes, 'widget.test', named)).toThrow(
      expect.objectContaining(invalid) as Error,
    );
    expect(() => readRegisteredKey(bytes, 'widget.release', { ...named, by: 'another' })).toThrow(
      expect.objectContaining(invalid) as Error,
    );
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'wrapped'],
    ['another version', text.replace('"version": 1', '"version": 2')],
    ['a member more', text.replace('"version": 1', '"version": 1, "plain": "key"')],
    ['another mechanism', text.replace('aes-key-wrap-pad', 'aes-ecb')],
    ['no public key', text.replace(/"publicKey": ".*"/, '"publicKey": "AAAA"')],
    ['too much', text.replace(/"wrapped": ".*"/, `"wrapped": "${'A'.repeat(16_384)}"`)],
  ])('with %s in it is refused', (_, wrong) => {
    expect(() => parseWrappedKey(Buffer.from(wrong), 'file.json')).toThrow(
      expect.objectContaining(invalid) as Error,
    );
  });
});
