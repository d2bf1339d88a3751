/** Text as the bytes of a file. */
export const crlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
export const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`\uFEFF${text}`, 'utf8'));
export const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`\uFEFF${text}`, 'utf16le'));
export const utf16be = (text: string): Uint8Array => Uint8Array.from(Buffer.from(utf16(text)).swap16());
export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
