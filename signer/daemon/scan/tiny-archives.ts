/** The few containers that canaries are put into: small, whole, and written by hand so that they are the same everywhere. */
import { crc32, deflateSync, gzipSync } from 'node:zlib';

/** A zip archive of one stored entry (APPNOTE §4.3). */
export function tinyZip(name: string, content: Uint8Array): Uint8Array {
  const nameBytes = Buffer.from(name);
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(content.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, nameBytes, content]);
  const record = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\0', 'latin1'),
    shared,
    Buffer.alloc(14),
    nameBytes,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(record.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, record, end]);
}

/** A ustar archive. */
export function tinyTar(files: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  const parts = files.flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    const fields: readonly (readonly [at: number, text: string])[] = [
      [100, '0000644'],
      [108, '0000000'],
      [116, '0000000'],
      [124, content.length.toString(8).padStart(11, '0')],
      [136, '0'.repeat(11)],
      [148, ' '.repeat(8)],
      [156, '0'],
      [257, 'ustar'],
      [263, '00'],
    ];
    for (const [at, text] of fields) header.write(text, at, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export const tinyGzip = (content: Uint8Array): Uint8Array => gzipSync(content);

/** A PDF with one attachment, compressed (ISO 32000-2 §7.11.4). */
export function tinyPdf(attachment: Uint8Array): Uint8Array {
  const packed = deflateSync(attachment);
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
    '<</Type/Filespec/F(a)/EF<</F 5 0 R>>>>',
    `<</Type/EmbeddedFile/Filter/FlateDecode/Length ${packed.length}>>stream\n${packed.toString('latin1')}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 6\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(
    `${text}${table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  );
}

/** A mail with one attachment in Base64 (RFC 2045). */
export function tinyMail(attachment: Uint8Array): Uint8Array {
  const lines = [
    'From: canary@example.org',
    'To: scanner@example.org',
    'Subject: canary',
    'Date: Mon, 2 Nov 2026 00:00:00 +0000',
    'Message-ID: <canary@example.org>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="part"',
    '',
    '--part',
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="a.com"',
    '',
    Buffer.from(attachment).toString('base64'),
    '--part--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
