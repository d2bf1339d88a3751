/**
 * pax extended header records: "%d %s=%s\n", <length>, <keyword>, <value> (POSIX.1-2001 pax(1), "pax Extended
 * Header"); the length counts the whole record, itself included.
 */
import { badHeader } from './tar-header.ts';

export interface PaxRecord {
  readonly keyword: string;
  readonly value: Uint8Array;
}

/** Extended header data → records in order. Rejects malformed lengths, missing newlines, repeated keywords. */
export function parsePaxRecords(data: Uint8Array, offset: number): readonly PaxRecord[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const records: PaxRecord[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < bytes.length;) {
    const digits = /^([1-9][0-9]{0,7}) /.exec(bytes.toString('latin1', at, at + 9))?.[1];
    const length = Number(digits);
    const body = at + (digits?.length ?? 0) + 1;
    if (digits === undefined || at + length > bytes.length || bytes[at + length - 1] !== 0x0a) {
      throw badHeader('A pax record of a tar archive has a wrong length.', offset + at);
    }
    const equals = bytes.indexOf(0x3d, body);
    if (equals <= body || equals >= at + length) {
      throw badHeader('A pax record of a tar archive has no keyword.', offset + at);
    }
    const keyword = bytes.toString('utf8', body, equals);
    if (seen.has(keyword))
      throw badHeader(`The pax keyword ${JSON.stringify(keyword)} appears twice.`, offset + at);
    seen.add(keyword);
    records.push({ keyword, value: Uint8Array.from(bytes.subarray(equals + 1, at + length - 1)) });
    at += length;
  }
  return records;
}

/** records → extended header data, without padding. */
export function writePaxRecords(records: readonly PaxRecord[]): Uint8Array {
  return Buffer.concat(records.map(writeRecord));
}

function writeRecord({ keyword, value }: PaxRecord): Uint8Array {
  const body = Buffer.concat([Buffer.from(` ${keyword}=`), value, Buffer.from('\n')]);
  let length = body.length;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return Buffer.concat([Buffer.from(String(length)), body]);
}
