/** OpenPGP signatures of upstream: what is accepted by one key is over one document, whatever else of the packet was changed; and keys sign what they signed. */
import { createHash } from 'node:crypto';
import { FormatError } from '#core/formats/format.ts';
import { clearSigned, OpenPgpError } from '#core/pki/openpgp/index.ts';
import { collected, createOpenPgpSigner, inChunks } from '#core/pki/openpgp/openpgp.fixture.ts';
import {
  judgeDocument,
  readClearSigned,
  readDetached,
  readUpstreamKey,
  type JudgedSignature,
} from '#core/pki/openpgp-verify/index.ts';
import type { FuzzedFormat, Reading } from './fuzzed-format.ts';

const signer = await createOpenPgpSigner('fuzz@example.org', 2048);
const key = readUpstreamKey(Buffer.from(signer.certificate));
const content = Buffer.from('what upstream released\n');
const now = new Date('2027-01-01T00:00:00Z');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function refusals(error: unknown): Error {
  return error instanceof OpenPgpError
    ? new FormatError('REFUSED', error.message, '', { cause: error })
    : (error as Error);
}

/** Those that hold: who made them, when. */
function held(judged: readonly JudgedSignature[]): string {
  const broken = judged.find((one) => one.ok === false);
  if (broken !== undefined) throw new FormatError('REFUSED', broken.problem, '');
  const good = judged.filter((one) => one.ok === true);
  if (good.length === 0) throw new FormatError('REFUSED', 'by nobody who is known', '');
  return good.map(({ by, created }) => `${by.fingerprint.toString('hex')} ${created.toISOString()}`).join();
}

export const openPgpSignatureFuzz: FuzzedFormat = {
  name: 'openpgp-signature',
  async seeds() {
    const packet = await signer.sign(content, { hash: 'sha512' });
    return [packet, Buffer.from(signer.armored(packet)), Buffer.concat([packet, await signer.sign(content)])];
  },
  async read(bytes) {
    try {
      const signatures = readDetached(bytes);
      const judged = await judgeDocument({
        signatures,
        keys: [key],
        form: 'binary',
        content: inChunks(content),
        now,
      });
      return { digest: sha256(content), meaning: reduced(held(judged)) };
    } catch (error) {
      throw refusals(error);
    }
  },
};

/** However many of the same there are. */
const reduced = (text: string): string => [...new Set(text.split(','))].join();

export const clearSignedFuzz: FuzzedFormat = {
  name: 'openpgp-text',
  async seeds() {
    const seeds: Buffer[] = [];
    for (const text of ['one\n- two\n', 'one  \r\n\r\n-----\n']) {
      const bytes = Buffer.from(text);
      const signature = Buffer.from(signer.armored(await signer.sign(bytes, { form: 'text' })));
      seeds.push(await collected(clearSigned(inChunks(bytes), 'sha256', signature)));
    }
    return seeds;
  },
  async read(bytes): Promise<Reading> {
    try {
      const { signatures, text } = readClearSigned(bytes);
      const judged = await judgeDocument({
        signatures,
        keys: [key],
        form: 'text',
        content: inChunks(text),
        now,
      });
      const by = held(judged);
      // Blanks at the ends of lines, and how lines end, aren't signed (§7.2).
      const lines = text
        .toString('latin1')
        .split('\n')
        .map((line) => line.replace(/[ \t\r]+$/, ''));
      const values = signatures
        .map((signature) => {
          // Of another version nothing is read, so nothing is held to be the same.
          if (!('numbers' in signature)) return `version ${signature.version}`;
          const numbers = signature.numbers();
          return sha256(numbers.take(numbers.left));
        })
        .join();
      return { digest: values, meaning: `${by} ${lines.join('\n')}` };
    } catch (error) {
      throw refusals(error);
    }
  },
};

/** Whatever is changed of a certificate: it has this key and no other may sign, or it is refused. */
export const openPgpKeyFuzz: FuzzedFormat = {
  name: 'openpgp-key',
  seeds: () =>
    Promise.resolve([
      Buffer.from(signer.certificate),
      Buffer.from(signer.certificate.split('\n').join('\r\n')),
    ]),
  read(bytes) {
    try {
      const { fingerprint, keys } = readUpstreamKey(bytes);
      const signs = keys
        .filter(({ refused }) => refused === null)
        .map(({ key: one, expires }) => `${one.fingerprint.toString('hex')} ${expires?.toISOString() ?? ''}`);
      return Promise.resolve({ digest: fingerprint.toString('hex'), meaning: signs.join() });
    } catch (error) {
      return Promise.reject(refusals(error));
    }
  },
};
