/** Numbers in tar headers: octal text, or GNU's base-256 for numbers too large for octal. */
import { isZero } from '../archive/index.ts';

export interface NumberField {
  readonly offset: number;
  readonly length: number;
}

/** The forms that all programs read as the same number. */
interface Forms {
  /** Only NULs, for "not stated". */
  readonly blank: boolean;
  /** GNU: first byte 0x80, or 0xff for a negative number; then a big-endian two's complement. */
  readonly base256: 'none' | 'positive' | 'signed';
}

/** → the number, or NaN for a form in which programs would read it differently. Octal that is too long for a double is NaN too. */
export function readNumber(block: Uint8Array, { offset, length }: NumberField, forms: Forms): number {
  const field = Buffer.from(block.subarray(offset, offset + length));
  if (isZero(field)) return forms.blank ? 0 : NaN;
  const first = field[0] ?? 0;
  if (first >= 0x80) {
    const high = field.subarray(1, length - 6);
    if (first === 0x80 && forms.base256 !== 'none' && isZero(high)) return field.readUIntBE(length - 6, 6);
    const isNegative = first === 0xff && forms.base256 === 'signed' && high.every((byte) => byte === 0xff);
    return isNegative ? field.readUIntBE(length - 6, 6) - 2 ** 48 : NaN;
  }
  // Leading spaces come from old System V. The end is NUL, space, both, or nothing if the digits fill the field.
  const digits = /^ *([0-7]+)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? NaN : parseInt(digits, 8);
}
