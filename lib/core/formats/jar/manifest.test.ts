import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose } from './compose.ts';
import { attributeOf, readManifest } from './manifest.ts';

const read = (text: string) => readManifest(Uint8Array.from(Buffer.from(text, 'latin1')));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const main = 'Manifest-Version: 1.0\r\n';

describe('a manifest', () => {
  test('is read in sections, with all its bytes', () => {
    const manifest = read(`${main}X: 1\n 2\r 3\r\n\r\n\nName: a\rB: c\r\rName: d/\nSealed: true\n`);
    expect(attributeOf(manifest.main, 'x')).toBe('123');
    expect(manifest.sections.map(({ name, attributes }) => [name, attributes.length])).toEqual([
      ['a', 2],
      ['d/', 2],
    ]);
    expect(
      manifest.sections.map(({ gap, bytes, terminated }) => [text(gap), text(bytes), terminated]),
    ).toEqual([
      ['\n', 'Name: a\rB: c\r\r', true],
      ['', 'Name: d/\nSealed: true\n', false],
    ]);
  });

  test.each([
    ['an attribute', `${main}X: 1\r\nx: 2\r\n`, main.length + 6],
    ['a section', `${main}\r\nName: a\r\n\r\nName: a\r\n`, main.length + 13],
  ])('with %s twice, the place of the second is told', (_name, content, offset) => {
    expect(() => read(content)).toThrow(`(at byte ${offset})`);
  });

  test.each([
    ['that is empty', '', 'MANIFEST_MALFORMED'],
    ['that begins with a blank line', `\r\n${main}`, 'MANIFEST_MALFORMED'],
    ['without Manifest-Version', 'Main-Class: a\r\n\r\n', 'MANIFEST_VERSION'],
    ['whose last line has no end', `${main}Main-Class: a`, 'MANIFEST_LAST_LINE'],
    ['with a line that Java 10 can’t read', `${main}X: ${'a'.repeat(508)}\r\n`, 'MANIFEST_LINE'],
    ['with an attribute twice', `${main}X: 1\r\nx: 2\r\n`, 'MANIFEST_DUPLICATE'],
    ['with a section twice', `${main}\r\nName: a\r\n\r\nName: a\r\n`, 'MANIFEST_DUPLICATE'],
    ['with a section that has no name', `${main}\r\nX: a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a name in its main section', `${main}Name: a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a line that continues nothing', `${main}\r\n X: a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a line without a colon', `${main}X\r\n`, 'MANIFEST_MALFORMED'],
    ['without a space behind a colon', `${main}X:a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a name that Java refuses', `${main}X.Y: a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a name of 71 characters', `${main}${'X'.repeat(71)}: a\r\n`, 'MANIFEST_MALFORMED'],
    ['with a NUL', `${main}X: \0\r\n`, 'MANIFEST_MALFORMED'],
    ['with a name that isn’t UTF-8', `${main}\r\nName: \xff\r\n`, 'MANIFEST_MALFORMED'],
  ])('%s is refused', (_title, content, code) => {
    expect(() => read(content)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test('is refused over the size that Java reads', () => {
    expect(() => readManifest(new Uint8Array(8_000_001))).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }) as Error,
    );
  });

  test('is read or refused, whatever it holds, and its parts are all of it', () => {
    const pieces = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      ' ',
      ': ',
      'Name: ',
      'a',
      main,
      'SHA-256-Digest: x',
      '\xff',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const bytes = Buffer.from(main + parts.join(''), 'latin1');
        let manifest;
        try {
          manifest = readManifest(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'JarError' });
          return;
        }
        const all = [manifest.main, ...manifest.sections].flatMap((section) => [section.gap, section.bytes]);
        expect(Buffer.concat([...all, manifest.tail]).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('what signing writes', () => {
  const digests = new Map([
    ['a', 'AAAA'],
    ['d/', 'DDDD'],
    ['b', 'BBBB'],
  ]);

  test('keeps the manifest’s bytes and adds what is missing, once', () => {
    const before = `${main}X: 1\n 2\n\n\nName: a\nContent-Type: x\n`;
    const composed = compose(read(before), digests, 'sha256');
    expect(text(composed.manifest)).toBe(
      `${main}X: 1\n 2\n\n\nName: a\nContent-Type: x\nSHA-256-Digest: AAAA\r\n\r\nName: b\r\nSHA-256-Digest: BBBB\r\n\r\n`,
    );
    const again = compose(readManifest(composed.manifest), digests, 'sha256');
    expect(again).toEqual({ ...composed, stale: 0 });
  });

  test('replaces digests that no signature covers, and drops sections that only spoke of missing files', () => {
    const before = `${main}\r\nName: a\r\nSHA1-Digest: old\r\nSHA-256-Digest: old\r\nX: y\r\n\r\nName: gone\r\nMD5-Digest: z\r\n\r\nName: p/\r\nSealed: true\r\n\r\nName: left\r\nSHA-256-Digest-de: z\r\nX: y\r\n\r\n`;
    const { manifest, missing, stale } = compose(read(before), new Map([['a', 'AAAA']]), 'sha256');
    expect(text(manifest)).toBe(
      `${main}\r\nName: a\r\nX: y\r\nSHA-256-Digest: AAAA\r\n\r\nName: p/\r\nSealed: true\r\n\r\nName: left\r\nX: y\r\n\r\n`,
    );
    expect([missing, stale]).toEqual([2, 3]);
  });

  test('wraps lines after 72 bytes', () => {
    const name = 'n'.repeat(200);
    const { manifest, signatureFile } = compose(null, new Map([[name, 'AAAA']]), 'sha512');
    for (const line of `${text(manifest)}${text(signatureFile)}`.split('\r\n'))
      expect(line.length).toBeLessThan(73);
    expect(readManifest(manifest).sections[0]?.name).toBe(name);
  });

  test('is the same however often it is made, for any names', () => {
    const names = fc.uniqueArray(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => !/[\r\n\0]/.test(name)),
    );
    fc.assert(
      fc.property(names, (all) => {
        const some = new Map(all.filter((name) => !name.endsWith('/')).map((name) => [name, 'AAAA']));
        const composed = compose(null, some, 'sha384');
        const parsed = readManifest(composed.manifest);
        expect(parsed.sections.map(({ name }) => name)).toEqual([...some.keys()]);
        expect(compose(parsed, some, 'sha384')).toEqual(composed);
      }),
    );
  });
});
