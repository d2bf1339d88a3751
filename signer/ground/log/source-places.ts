/**
 * Stack traces of a built process with the places in its sources. Node.js would do the same of every process that is started with
 * --enable-source-maps, and keep the map in memory for as long as it runs: 60 MB of the signer's daemon.
 */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of a built process, the one file that it is. */
const self = fileURLToPath(import.meta.url);
/** Errors often come several at a time; in between nobody needs it. */
let held: WeakRef<SourceMap> | null = null;

function sourceMap(): SourceMap | null {
  const known = held?.deref();
  if (known !== undefined) return known;
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${self}.map`, 'utf8')) as SourceMapPayload);
    held = new WeakRef(map);
    return map;
  } catch {
    // Run from its sources, or copied without its map: the trace says where in the file that runs.
    return null;
  }
}

/** `stack`: as V8 writes it, or a part of it. */
export function withSourcePlaces(stack: string): string {
  if (!stack.includes(self)) return stack;
  const map = sourceMap();
  if (map === null) return stack;
  return stack.replaceAll(/(?:file:\/\/)?(\/[^\s():]+):(\d+):(\d+)/g, (written, file, line, column) => {
    if (file !== self) return written;
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return written;
    return `${resolve(dirname(self), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}
