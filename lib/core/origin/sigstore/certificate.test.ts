import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Asn1Error,
  explicit,
  ia5Bytes,
  implicitPrimitive,
  integer,
  octetString,
  oid,
  sequence,
  utf8String,
} from '../../pki/asn1/index.ts';
import { readBuildCertificate } from './certificate.ts';

const extension = (id: string, value: Uint8Array) => sequence(oid(id), octetString(value));
const claim = (arc: number, value: Uint8Array) => extension(`1.3.6.1.4.1.57264.1.${arc}`, value);
const names = (...uris: string[]) =>
  extension('2.5.29.17', sequence(...uris.map((uri) => implicitPrimitive(6, ia5Bytes(uri)))));
/** Only what the reader looks at: a TBSCertificate with a serial number and extensions. */
const certificate = (...extensions: Uint8Array[]) =>
  sequence(sequence(integer(1), explicit(3, sequence(...extensions))));

describe('readBuildCertificate', () => {
  it('reads claims, the URI and the purpose', () => {
    const usage = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3')));
    const read = readBuildCertificate(
      certificate(usage, names('https://a.example'), claim(8, utf8String('issuer'))),
    );
    expect(read.forCodeSigning).toBe(true);
    expect(read.subjectUri).toEqual({ ok: true, value: 'https://a.example' });
    expect(read.claim(8)).toEqual({ ok: true, value: 'issuer' });
    expect(read.claim(9)).toMatchObject({ ok: false });
  });

  it('reads no claim that is there twice', () => {
    const twice = claim(8, utf8String('issuer'));
    expect(readBuildCertificate(certificate(twice, twice)).claim(8)).toMatchObject({ ok: false });
  });

  const uris: readonly [string, Uint8Array][] = [
    ['two URIs', names('https://a.example', 'https://b.example')],
    ['no name', names()],
    ['a mail address', extension('2.5.29.17', sequence(implicitPrimitive(1, ia5Bytes('a@b.example'))))],
    ['a space in the URI', names('https://a.example/ b')],
    ['a NUL in the URI', names('https://a.example\0')],
    ['no sequence', extension('2.5.29.17', utf8String('https://a.example'))],
  ];
  it.each(uris)('reads no subject from %s', (_what, name) => {
    expect(readBuildCertificate(certificate(name)).subjectUri).toMatchObject({ ok: false });
  });

  it('knows no purpose and no claim where there are no extensions', () => {
    const bare = readBuildCertificate(sequence(sequence(integer(1))));
    expect(bare.forCodeSigning).toBe(false);
    expect(bare.claim(8)).toMatchObject({ ok: false });
  });

  it('throws only Asn1Error, whatever the bytes', () => {
    const whole = certificate(names('https://a.example'), claim(8, utf8String('issuer')));
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Uint8Array.from(whole.subarray(0, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          try {
            const read = readBuildCertificate(bytes);
            for (const arc of [8, 9]) read.claim(arc);
          } catch (error) {
            expect(error).toBeInstanceOf(Asn1Error);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
