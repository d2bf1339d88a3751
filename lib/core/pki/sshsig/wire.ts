/**
 * SSH wire encoding, RFC 4251 §5: uint32 (big-endian), string (uint32 length, then that many bytes),
 * mpint (string containing a minimal two's complement integer).
 */
import { SshSignatureError } from './error.ts';

const textDecoder = new TextDecoder('utf-8', { fatal: true });

export class SshReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number, what: string): Uint8Array {
    if (length > this.#bytes.length - this.#offset) {
      throw new SshSignatureError('TRUNCATED', `${what} ends early, at byte ${this.#offset}`);
    }
    const part = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return part;
  }

  uint32(what: string): number {
    const part = this.take(4, what);
    return new DataView(part.buffer, part.byteOffset, 4).getUint32(0);
  }

  string(what: string): Uint8Array {
    return this.take(this.uint32(what), what);
  }

  text(what: string): string {
    const bytes = this.string(what);
    try {
      return textDecoder.decode(bytes);
    } catch (cause) {
      throw new SshSignatureError('SIGNATURE_MALFORMED', `${what} is not UTF-8 text`, { cause });
    }
  }

  /**
   * A positive mpint → its magnitude, without a leading zero.
   * Rejects zero, negative numbers and encodings that aren't the shortest: one number has one encoding.
   */
  positiveInteger(what: string): Uint8Array {
    const bytes = this.string(what);
    const first = bytes[0];
    const minimal = first !== 0 || (bytes[1] ?? 0) >= 0x80;
    if (first === undefined || first >= 0x80 || !minimal) {
      throw new SshSignatureError('SIGNATURE_MALFORMED', `${what} is not a positive, minimal integer`);
    }
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(what: string): void {
    const rest = this.#bytes.length - this.#offset;
    if (rest > 0) throw new SshSignatureError('TRAILING_DATA', `${rest} bytes follow ${what}`);
  }
}

export function sshUint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Bytes or text (as UTF-8) → an SSH string. */
export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return concat(sshUint32(bytes.length), bytes);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
