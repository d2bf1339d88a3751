/** The smallest program for Windows that the inspector opens and signs: one empty section. */
const sectionAt = 0x200;
const sampleBytes = 2 * sectionAt;

export function sampleProgram(): Uint8Array {
  const bytes = new Uint8Array(sampleBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, words: string): void => bytes.set(new TextEncoder().encode(words), at);
  const [signature, optional, optionalBytes, directories] = [0x80, 0x98, 240, 16];
  text(0, 'MZ');
  view.setUint32(0x3c, signature, true);
  text(signature, 'PE');
  const fileHeader = [
    [4, 0x8664],
    [6, 1],
    [20, optionalBytes],
    [22, 0x22],
  ] as const;
  for (const [at, value] of fileHeader) view.setUint16(signature + at, value, true);
  view.setUint16(optional, 0x20b, true);
  // Alignment of sections and files, size in memory, of headers.
  const sizes = [
    [32, 0x1000],
    [36, sectionAt],
    [56, 0x2000],
    [60, sectionAt],
    [108, directories],
  ] as const;
  for (const [at, value] of sizes) view.setUint32(optional + at, value, true);
  // The console's.
  view.setUint16(optional + 68, 3, true);
  const section = optional + optionalBytes;
  text(section, '.text');
  const place = [
    [8, sectionAt],
    [12, 0x1000],
    [16, sectionAt],
    [20, sectionAt],
  ] as const;
  for (const [at, value] of place) view.setUint32(section + at, value, true);
  return bytes;
}
