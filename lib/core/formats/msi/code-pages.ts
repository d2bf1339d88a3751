/** Windows code pages, as databases and summaries name them → decoding. What doesn't decode is refused, not guessed. */
import { unreadable } from './errors.ts';

/** Labels of the WHATWG Encoding Standard. 0 is neutral: only ASCII means the same everywhere. */
const labels: Readonly<Record<number, string>> = {
  0: 'ascii only',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1250: 'windows-1250',
  1251: 'windows-1251',
  1252: 'windows-1252',
  1253: 'windows-1253',
  1254: 'windows-1254',
  1255: 'windows-1255',
  1256: 'windows-1256',
  1257: 'windows-1257',
  1258: 'windows-1258',
  10000: 'macintosh',
  20127: 'ascii only',
  28591: 'windows-1252',
  65001: 'utf-8',
};

export function decoderOf(codePage: number): (bytes: Uint8Array) => string {
  const label = labels[codePage];
  if (label === undefined) throw unreadable(`its texts are in code page ${codePage}, which is not known`);
  if (label === 'ascii only') {
    return (bytes) => {
      if (bytes.some((byte) => byte >= 0x80))
        throw unreadable('a text is not plain ASCII, and no code page says what it means');
      return Buffer.from(bytes).toString('latin1');
    };
  }
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      if (cause instanceof TypeError) throw unreadable(`a text is not in code page ${codePage}`, cause);
      throw cause;
    }
  };
}
