/** Code page 437, in which zip names are written unless the entry says otherwise (APPNOTE 6.3.10, appendix D). */
const upperHalf =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const shownMax = 120;

/** Bytes of a name → quoted text for a message. All characters of this code page are visible except the control characters and the last. */
export function showCp437(bytes: Uint8Array): string {
  const text = Array.from(bytes.subarray(0, shownMax), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : (upperHalf[byte - 0x80] ?? ''),
  ).join('');
  const cut = bytes.length > shownMax ? `${text}…` : text;
  return JSON.stringify(cut).replaceAll('\u00a0', '\\u00a0').replaceAll('\u007f', '\\u007f');
}
