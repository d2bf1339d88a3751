import { createHash } from 'node:crypto';

/** A field's value for people and the journal: itself, or its digest where it is long or no text. */
export function shownValue(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  if (/^[\x20-\x7e]{1,200}$/.test(text)) return text;
  return `${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Text from a list, for sentences: without what changes how the text around it is shown, and not endless. */
export function shownText(text: string, charactersMax: number): string {
  const plain = text
    .slice(0, charactersMax)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  return text.length > charactersMax ? `${plain}…` : plain;
}
