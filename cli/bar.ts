/** A bar on a terminal, in one line that is written again and again. */
const width = 24;

/** Begins the line anew. */
export const clearLine = '\r\u001b[2K';

/** `part`: from 0 to 1. */
export function bar(part: number): string {
  const full = Math.round(part * width);
  const percent = `${Math.floor(part * 100)} %`.padStart(5);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${percent}`;
}
