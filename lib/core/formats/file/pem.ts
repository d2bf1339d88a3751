/** A CMS structure as text (RFC 7468 §9): lines of 64 characters between two that name it. */
const [begin, end] = ['-----BEGIN CMS-----\n', '-----END CMS-----\n'];

export function toPem(der: Uint8Array): Uint8Array {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return Buffer.from(begin + lines + end, 'latin1');
}

/** null: it isn't what toPem writes. */
export function fromPem(text: Uint8Array): Uint8Array | null {
  const characters = Buffer.from(text).toString('latin1');
  if (!characters.startsWith(begin) || !characters.endsWith(end)) return null;
  const der = Buffer.from(characters.slice(begin.length, -end.length), 'base64');
  return Buffer.compare(toPem(der), text) === 0 ? Uint8Array.from(der) : null;
}
