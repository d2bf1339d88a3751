/** A tar archive is recognised by the checksum of its first header (POSIX.1-1988, pax(1)): v7 has no other mark. */
import { asText } from './marks.ts';

const blockBytes = 512;

export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < blockBytes || head[0] === 0) return false;
  const digits = /^[ \0]*([0-7]{1,8})[ \0]*$/.exec(asText(head, 148, 8))?.[1];
  if (digits === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < blockBytes; at += 1) {
    const byte = at >= 148 && at < 156 ? 0x20 : (head[at] ?? 0);
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 256;
  }
  const stated = Number.parseInt(digits, 8);
  // Old tars added signed bytes.
  return stated === unsigned || stated === signed;
}
