import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { FileSign } from '../../generated/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { memorySource } from '../random-access.ts';
import { began, optionsOf, signFile, signing } from './file.fixture.ts';
import { plainFile } from './format.ts';
import { paeType, preAuthEncoding } from './pae.ts';

const signer = createTestSigner('Countersign files', {
  keys: generateKeyPairSync('rsa', { modulusLength: 2048 }),
});
const other = createTestSigner('Others');
const file = Buffer.from('any bytes');
const methods: readonly (readonly [string, FileSign])[] = [
  ['cms', { method: 'cms' }],
  ['cms as text', { method: 'cms', encoding: 'pem', hashAlgorithm: 'sha512' }],
  ['dsse', { method: 'dsse' }],
];

describe('the name of the file beside the signed one', () => {
  test.each<readonly [FileSign, string]>([
    [{ method: 'cms' }, 'tool.tar.gz.p7s'],
    [{ method: 'cms', encoding: 'pem' }, 'tool.tar.gz.p7s.pem'],
    [{ method: 'dsse' }, 'tool.tar.gz.dsse.json'],
    [{ method: 'cms', outputFile: 'signature-${file.name}.sig' }, 'signature-tool.tar.gz.sig'],
    [{ method: 'cms', outputFile: 'signature' }, 'signature'],
  ])('of %j is %s', (sign, expected) => {
    expect(signing.outputName(optionsOf(sign), 'tool.tar.gz')).toBe(expected);
  });

  test('holds the signed file’s name as it is', () => {
    expect(signing.outputName(optionsOf({ method: 'cms' }), '${file.name}$&')).toBe('${file.name}$&.p7s');
  });
});

describe.each(methods)('a signature by %s', (_, sign) => {
  test('verifies for its file and certificate, and the same bytes are signed each time', async () => {
    const signed = await signFile(signer, file, sign);
    expect(signed.verification.problems).toEqual([]);
    const again = await signFile(signer, file, sign);
    expect(Buffer.compare(again.toBeSigned, signed.toBeSigned)).toBe(0);
    expect(began.getMilliseconds()).toBe(0);
  });

  test('does not verify for another file, or as another’s', async () => {
    const { readBack, options } = await signFile(signer, file, sign);
    const changed = await signing.subject(memorySource(Buffer.from('any byteZ')), options);
    const about = { ...readBack, subject: changed };
    expect(signing.verify(about, signer.certificate, options).problems).not.toEqual([]);
    expect(signing.verify(readBack, other.certificate, options).problems).not.toEqual([]);
  });

  test('is refused with any byte of it changed, or cut off anywhere', async () => {
    const { readBack, options, assembled } = await signFile(signer, file, sign);
    const holds = (signature: Uint8Array): boolean => {
      try {
        const { problems, signature: raw } = signing.verify(
          { ...readBack, signature },
          signer.certificate,
          options,
        );
        return problems.length === 0 && raw.length > 0;
      } catch {
        return false;
      }
    };
    expect(holds(assembled)).toBe(true);
    const step = Math.ceil(assembled.length / 400);
    for (let at = 0; at < assembled.length; at += step) {
      const changed = Uint8Array.from(assembled);
      changed[at] = (changed[at] ?? 0) ^ 1;
      // What no signature covers: a certificate of the chain, and how a JSON text names what it holds.
      if (holds(changed)) expect(meaningOf(changed, sign)).toEqual(meaningOf(assembled, sign));
      expect(holds(assembled.subarray(0, at))).toBe(false);
    }
  });

  test('is read back only from what was written, for the file that it was written for', async () => {
    const { beside, assembled, options } = await signFile(signer, file, sign);
    const read = (before: Uint8Array, after: Uint8Array, signature = assembled) =>
      signing.readBack(memorySource(before), memorySource(after), signature, options);
    const refused = { code: 'DIFFERS' };
    for (const at of [0, beside.length >> 1, beside.length - 1]) {
      const changed = Uint8Array.from(beside);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(read(file, changed)).rejects.toMatchObject(refused);
    }
    await expect(read(file, Buffer.concat([beside, Buffer.of(10)]))).rejects.toMatchObject(refused);
    await expect(read(file, beside.subarray(0, -1))).rejects.toMatchObject(refused);
    await expect(read(file, beside, assembled.subarray(1))).rejects.toMatchObject(refused);
  });
});

/** The raw signature, which is all that vouches for the file. */
function meaningOf(signature: Uint8Array, sign: FileSign): string {
  if (sign.method !== 'dsse') return '';
  return (JSON.parse(Buffer.from(signature).toString('utf8')) as { sig: string }).sig;
}

describe('what an envelope’s signature is over', () => {
  test('states type and length of the payload', () => {
    const pae = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(Buffer.from(pae).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(paeType(pae)).toBe('http://example.com/HelloWorld');
    expect(paeType(pae.subarray(0, -1))).toBeNull();
    expect(paeType(Buffer.from('DSSEv1 1 ab 0 '))).toBeNull();
  });

  test('has the type of a statement only for one, unless the configuration says another', async () => {
    const typeOf = async (payload: string, sign: FileSign = { method: 'dsse' }) =>
      paeType((await signing.subject(memorySource(Buffer.from(payload)), optionsOf(sign))).content);
    const statement = '{"_type":"https://in-toto.io/Statement/v1","subject":[]}';
    expect(await typeOf(statement)).toBe('application/vnd.in-toto+json');
    for (const payload of ['', '{}', '[]', 'null', '{"_type":"https://in-toto.io/Link/v1"}', `${statement}x`])
      expect(await typeOf(payload)).toBe('application/octet-stream');
    expect(await typeOf('x', { method: 'dsse', payloadType: 'text/x' })).toBe('text/x');
  });

  test('does not verify where the configuration asks for another type', async () => {
    const { readBack } = await signFile(signer, file, { method: 'dsse' });
    const asked = optionsOf({ method: 'dsse', payloadType: 'text/plain' });
    expect(signing.verify(readBack, signer.certificate, asked).problems).toEqual([
      'the payload is of another type',
    ]);
  });
});

describe('inspection of a file to be signed', () => {
  const context = { check: null, policy: null, path: ['f'], carries: [], digestsWanted: false };
  const inspect = (content: Uint8Array, sign: FileSign) =>
    plainFile.inspect(memorySource(content), {
      ...context,
      sha256: 'a'.repeat(64) as never,
      sizeBytes: content.length,
      sign: optionsOf(sign),
    });
  const rules = async (content: Uint8Array, sign: FileSign) =>
    (await inspect(content, sign)).findings.map(({ rule }) => rule);

  test('refuses what is declared as a statement and is none', async () => {
    const payloadType = 'application/vnd.in-toto+json';
    expect(await rules(file, { method: 'dsse', payloadType })).toEqual(['file.payload-type']);
  });

  test('refuses a payload or a text over 16 MiB, which CMS signs', async () => {
    const large = Buffer.alloc(16 * 1024 * 1024 + 1);
    expect(await rules(large, { method: 'dsse' })).toEqual(['file.too-large']);
    // The file beside it is added to the container in one piece, which is smaller.
    const clear = { method: 'openpgp', encoding: 'clear-signed' } as const;
    expect(await rules(Buffer.alloc(large.length, 'text\n'), clear)).toEqual(['file.too-large']);
    expect(await rules(large, { method: 'cms' })).toEqual([]);
  });

  test('says what it is: of another kind than a program or library', async () => {
    const { target, facts } = await inspect(file, { method: 'cms' });
    expect([target?.kind.kind, facts?.type]).toEqual(['other', 'file']);
  });

  test('can’t be repeated from a journal that has no facts of it', () => {
    const judged = {
      sign: optionsOf({ method: 'cms' }),
      check: null,
      policy: null,
      path: ['f'],
      sha256: null,
    };
    expect(plainFile.rejudge(null, judged).missing).toContain('was not recorded');
    const facts = { type: 'file', signed: false, kind: 'other', texts: {} } as const;
    expect(plainFile.rejudge(facts, judged)).toEqual({ findings: [], missing: null });
  });
});
