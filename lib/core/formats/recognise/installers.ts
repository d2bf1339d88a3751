/** Installers and bundles: programs that contain files which only they unpack. */
import type { RandomAccessSource } from '../random-access.ts';
import { asText, headBytes, readMarks } from './marks.ts';
import { placesOf, readUpTo } from './bytes.ts';
import type { FormatId, Recognised } from './formats.ts';
import type { ProgramShape } from './programs.ts';
import { isTarHeader } from './tar-mark.ts';

/** How much of an overlay is searched for the marks of installers. */
const overlayBytesMax = 1024 * 1024;
const tailBytes = 128 * 1024;
const scriptBytesMax = 512 * 1024;

/** A program's overlay, sections and tail → what they contain. */
export async function readInstaller(
  source: RandomAccessSource,
  program: ProgramShape,
): Promise<readonly Recognised[]> {
  if (program.kind === 'script') return readScript(source);
  const { end, sectionsEnd } = program;
  const found = await readOverlay(source, program, end);
  if (sectionsEnd === end) return found;
  // Its loader may still read an installer's data from what its header calls a symbol table.
  return [...found, ...(await readOverlay(source, program, sectionsEnd))];
}

async function readOverlay(
  source: RandomAccessSource,
  program: ProgramShape,
  end: number,
): Promise<readonly Recognised[]> {
  const whole = (format: FormatId): Recognised => ({ format, start: end, end: source.size });
  const found: Recognised[] = [];
  const overlay = await readUpTo(source, end, Math.max(headBytes, overlayBytesMax));
  const trimmed = skipPadding(overlay);
  for (const format of marksOf(overlay.subarray(trimmed), source.size - end)) {
    found.push({ format, start: end + trimmed, end: source.size });
  }
  if (program.sections.includes('.wixburn')) found.push(whole('burn'));
  if (program.sections.includes('.ndata') || holdsNsis(overlay)) found.push(whole('nsis'));
  if (
    [...placesOf(overlay, 'Inno Setup Setup Data')].length > 0 ||
    [...placesOf(overlay, 'zlb\x1a')].length > 0
  ) {
    found.push(whole('inno'));
  }
  const tail = await readUpTo(source, Math.max(end, source.size - tailBytes), tailBytes);
  if ([...placesOf(tail, 'MEI\x0c\x0b\x0a\x0b\x0e')].length > 0) found.push(whole('pyinstaller'));
  if (program.kind === 'pe' && [...placesOf(tail, 'ADVINSTSFX')].length > 0)
    found.push(whole('advanced-installer'));
  return found;
}

function marksOf(head: Uint8Array, size: number): readonly FormatId[] {
  const found = readMarks(head.subarray(0, headBytes), size);
  return isTarHeader(head) ? [...found, 'tar'] : found;
}

/** Overlays may start at the next 512 or 4096 bytes. */
function skipPadding(overlay: Uint8Array): number {
  const first = overlay.findIndex((byte) => byte !== 0);
  return first > 0 && first < 4096 ? first : 0;
}

/** firstheader: flags, 0xDEADBEEF, "NullsoftInst". */
function holdsNsis(overlay: Uint8Array): boolean {
  for (const at of placesOf(overlay, '\xef\xbe\xad\xde')) {
    if (/^Null[Ss]oft[Ii]nst/.test(asText(overlay, at + 4, 12))) return true;
  }
  return false;
}

/** makeself and similar tools: an archive on the line after the last command. */
async function readScript(source: RandomAccessSource): Promise<readonly Recognised[]> {
  const head = await readUpTo(source, 0, scriptBytesMax + headBytes);
  const found: Recognised[] = [];
  for (const at of placesOf(head.subarray(0, scriptBytesMax), '\n')) {
    const start = at + 1;
    const after = head.subarray(start, start + headBytes);
    // A character that begins a line of text begins no archive, except for the few marks that are themselves text.
    const isText = /^[\t\r -~]/.test(asText(after, 0, 1)) && !/^[BP7RM!L0hsqx]/.test(asText(after, 0, 1));
    const marks = isText ? [] : readMarks(after, source.size - start);
    for (const format of isTarHeader(after) ? [...marks, 'tar' as const] : marks) {
      found.push({ format, start, end: source.size });
    }
  }
  return found;
}
