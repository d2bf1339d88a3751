/**
 * Names of streams in a database of Windows Installer. A stream's name has at most 31 units, so two characters of 64 share one:
 * U+3800 + first + 64 · second; one alone is U+4800 + character. The stream of a table begins with U+4840. Other characters stay.
 * The same in Wine (dlls/msi/table.c) and libmsi; Microsoft never described it.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const tableMark = '\u4840';

/** Name of a table → of its stream. */
export const tableStreamName = (table: string): string => tableMark + streamName(table);

/** Name of any other stream, as people know it → as it is stored. */
export function streamName(known: string): string {
  let name = '';
  for (let at = 0; at < known.length; at += 1) {
    const first = alphabet.indexOf(known.charAt(at));
    const second = at + 1 < known.length ? alphabet.indexOf(known.charAt(at + 1)) : -1;
    if (first >= 0 && second >= 0) {
      name += String.fromCharCode(0x3800 + first + 64 * second);
      at += 1;
    } else {
      name += first >= 0 ? String.fromCharCode(0x4800 + first) : known.charAt(at);
    }
  }
  return name;
}

/** Name of a stream → as people know it: `Binary.logo`, `!Property`. */
export function decodedStreamName(name: string): string {
  return name.replaceAll(/[\u3800-\u4840]/g, (unit) => {
    if (unit === tableMark) return '!';
    const code = unit.charCodeAt(0);
    return code >= 0x4800
      ? alphabet.charAt(code - 0x4800)
      : alphabet.charAt((code - 0x3800) % 64) + alphabet.charAt((code - 0x3800) >> 6);
  });
}
