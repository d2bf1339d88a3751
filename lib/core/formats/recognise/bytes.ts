/** Reads from bytes that may end early. */
import type { RandomAccessSource } from '../random-access.ts';

/** Whether the characters of `text` (one byte each) are at `offset`. */
export function holds(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset < 0 || offset + text.length > bytes.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[offset + at] !== text.charCodeAt(at)) return false;
  }
  return true;
}

/** Little-endian number of 1 to 6 bytes; NaN if the bytes end before. */
export function littleEndian(bytes: Uint8Array, offset: number, length: number): number {
  if (offset < 0 || offset + length > bytes.length) return Number.NaN;
  let value = 0;
  for (let at = length - 1; at >= 0; at -= 1) value = value * 256 + (bytes[offset + at] ?? 0);
  return value;
}

export function bigEndian(bytes: Uint8Array, offset: number, length: number): number {
  if (offset < 0 || offset + length > bytes.length) return Number.NaN;
  let value = 0;
  for (let at = 0; at < length; at += 1) value = value * 256 + (bytes[offset + at] ?? 0);
  return value;
}

/** Up to `length` bytes from `offset`; fewer, or none, at the end. */
export async function readUpTo(
  source: RandomAccessSource,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const start = Math.min(Math.max(0, offset), source.size);
  return source.read(start, Math.max(0, Math.min(length, source.size - start)));
}

/** A part of a source as a source of its own. */
export function rangeOf(source: RandomAccessSource, start: number, end: number): RandomAccessSource {
  return { size: end - start, read: (offset, length) => source.read(start + offset, length) };
}

/** Every place of `needle` (one byte a character) in `bytes`. */
export function* placesOf(bytes: Uint8Array, needle: string): Generator<number> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pattern = Buffer.from(needle, 'latin1');
  for (let at = buffer.indexOf(pattern); at !== -1; at = buffer.indexOf(pattern, at + 1)) yield at;
}
