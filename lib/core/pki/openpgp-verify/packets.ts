/** Packets as any program writes them: of the old form and the new one (RFC 9580 §4.2), whole ones alone. */
import { Octets, OpenPgpError } from '../openpgp/index.ts';

export interface ReadPacket {
  readonly tag: number;
  readonly body: Buffer;
}

interface Limits {
  readonly bytesMax: number;
  readonly packetsMax: number;
}

/** Throws OpenPgpError: MALFORMED for what ends too early, UNSUPPORTED for lengths that only streams have. */
export function readAnyPackets(bytes: Uint8Array, { bytesMax, packetsMax }: Limits): readonly ReadPacket[] {
  if (bytes.length > bytesMax)
    throw new OpenPgpError('MALFORMED', `${bytes.length} bytes; ${bytesMax} at most`);
  const octets = new Octets(bytes);
  const packets: ReadPacket[] = [];
  while (octets.left > 0) {
    const at = bytes.length - octets.left;
    if (packets.length === packetsMax) throw new OpenPgpError('MALFORMED', `over ${packetsMax} packets`);
    const first = octets.octet();
    if ((first & 0x80) === 0)
      throw new OpenPgpError('MALFORMED', `no packet begins at byte ${at}: OpenPGP is expected there`);
    packets.push((first & 0x40) === 0 ? oldPacket(first, octets) : newPacket(first, octets));
  }
  return packets;
}

const newPacket = (first: number, octets: Octets): ReadPacket => ({
  tag: first & 0x3f,
  body: octets.take(octets.length()),
});

function oldPacket(first: number, octets: Octets): ReadPacket {
  const kind = first & 3;
  if (kind === 3) throw new OpenPgpError('UNSUPPORTED', 'a packet of no stated length');
  const length = kind === 0 ? octets.octet() : octets.number(kind === 1 ? 2 : 4);
  return { tag: (first >> 2) & 0xf, body: octets.take(length) };
}
