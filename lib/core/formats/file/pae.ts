/**
 * What DSSE signs: `PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in decimal
 * (https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md). It begins like nothing else that a key signs.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `, 'utf8'),
    payload,
  ]);
}

/** The payload's type; null: these bytes are no such encoding. */
export function paeType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 300)).toString('latin1');
  const [whole, typeLength, type, length] =
    /^DSSEv1 (0|[1-9][0-9]{0,2}) ([\x21-\x7e]{1,255}) (0|[1-9][0-9]{0,8}) /.exec(head) ?? [];
  if (whole === undefined || type === undefined) return null;
  if (type.length !== Number(typeLength) || bytes.length - whole.length !== Number(length)) return null;
  return type;
}
