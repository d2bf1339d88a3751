/** What this version doesn't understand is refused by name: keys and signatures of version 6, and what has to be understood. */
import { describe, expect, test } from 'vitest';
import { readDetached, readUpstreamKey } from './index.ts';
import { readSignature } from './signature.ts';

/** RFC 9580, A.3 and A.6. */
const key6 = `-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laPCsQYf
GwoAAABCBYJjh3/jAwsJBwUVCg4IDAIWAAKbAwIeCSIhBssYbE8GCaaX5NUt+mxy
KwwfHifBilZwj2Ul7Ce62azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lw
gyU2kCcUmKfvBXbAf6rhRYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaE
QsiPlR4zxP/TP7mhfVEe7XWPxtnMUMtf15OyA51YBM4qBmOHf+MZAAAAIIaTJINn
+eUBXbki+PSAld2nhJh/LVmFsS+60WyvXkQ1wpsGGBsKAAAALAWCY4d/4wKbDCIh
BssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJAAAAAAQBIKbpGG2dWTX8
j+VjFM21J0hqWlEg+bdiojWnKfA5AQpWUWtnNwDEM0g12vYxoWM8Y81W+bHBw805
I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUrk0mXubZvyl4GBg==
-----END PGP PUBLIC KEY BLOCK-----
`;
const signature6 = `-----BEGIN PGP SIGNATURE-----

wpgGARsKAAAAKQWCY5ijYyIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce6
2azJAAAAAGk2IHZJX1AhiJD39eLuPBgiUU9wUA9VHYblySHkBONKU/usJ9BvuAqo
/FvLFuGWMbKAdA+epq7V4HOtAPlBWmU8QOd6aud+aSunHQaaEJ+iTFjP2OMW0KBr
NK2ay45cX1IVAQ==
-----END PGP SIGNATURE-----
`;

const unsupported = (message: string) =>
  expect.objectContaining({
    code: 'UNSUPPORTED',
    message: expect.stringContaining(message) as string,
  }) as Error;

test('a key of version 6 is refused by its version, whole and cut off anywhere', () => {
  expect(() => readUpstreamKey(Buffer.from(key6))).toThrow(unsupported('a key of version 6; version 4'));
  const bytes = Buffer.from(key6.split('\n').slice(2, -2).join(''), 'base64');
  for (let size = 0; size < bytes.length; size += 1)
    expect(() => readUpstreamKey(bytes.subarray(0, size)), String(size)).toThrow(
      expect.objectContaining({ name: 'OpenPgpError' }) as Error,
    );
});

test('a signature of version 6 is known by its version alone, and cut off anywhere is none', () => {
  expect(readDetached(Buffer.from(signature6))).toEqual([{ version: 6 }]);
  const bytes = Buffer.from(signature6.split('\n').slice(2, -2).join(''), 'base64');
  for (let size = 0; size < bytes.length; size += 1)
    expect(() => readDetached(bytes.subarray(0, size)), String(size)).toThrow(
      expect.objectContaining({ name: 'OpenPgpError' }) as Error,
    );
});

describe('a subpacket', () => {
  const time = Buffer.from('050265000000', 'hex');
  const subpacket = (type: number, content: Buffer) =>
    Buffer.concat([Buffer.of(content.length + 1, type), content]);
  /** Flags, lengths of name and value, both. */
  const notation = Buffer.concat([Buffer.from('8000000000030001', 'hex'), Buffer.from('a@bc')]);
  const signature = (hashed: Buffer, unhashed: Buffer = Buffer.alloc(0)) => {
    const lengths = [hashed.length + time.length, unhashed.length].map((length) => {
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16BE(length);
      return bytes;
    });
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = lengths;
    const head = Buffer.of(4, 0, 1, 8);
    return Buffer.concat([head, first, time, hashed, second, unhashed, Buffer.from('00000008ff', 'hex')]);
  };

  test.each([
    ['of a notation', 20, notation],
    ['of a kind that nobody knows', 60, Buffer.from('x')],
    ['of a kind for private use', 101, Buffer.from('x')],
    ['that is reserved', 0, Buffer.from('x')],
  ])(
    'is refused where it says that it has to be understood, and passed over otherwise: %s',
    (_what, type, content) => {
      expect(readSignature(signature(subpacket(type, content))).type).toBe(0);
      expect(() => readSignature(signature(subpacket(type | 0x80, content)))).toThrow(
        unsupported(`subpacket ${type} has to be understood`),
      );
      // Outside the signature, anybody can write it: it demands nothing.
      expect(readSignature(signature(Buffer.alloc(0), subpacket(type | 0x80, content))).type).toBe(0);
    },
  );

  test('that is known may say so', () => {
    const flags = subpacket(27 | 0x80, Buffer.of(2));
    expect(readSignature(signature(flags)).flags).toBe(2);
  });
});
