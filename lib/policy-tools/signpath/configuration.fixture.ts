/** SignPath files for tests, and their results. */
import { importSignpath } from './import.ts';
import type { Imported } from './import.ts';
import type { ImportResult } from './import.ts';

const namespace = 'http://signpath.io/artifact-configuration/v1';

export function configuration(inside: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<artifact-configuration xmlns="${namespace}">\n${inside}\n</artifact-configuration>\n`;
}

export function importText(text: string, path = 'file.xml'): ImportResult {
  return importSignpath({ path, bytes: new TextEncoder().encode(text) });
}

export function imported(text: string, path = 'file.xml'): Imported {
  const result = importText(text, path);
  if (!result.ok) throw new Error(`${result.diagnostic.line}: ${result.diagnostic.message}`);
  return result;
}

/** `line:column rule` of the refusal. */
export function refusal(text: string, path = 'file.xml'): string {
  const result = importText(text, path);
  if (result.ok) return 'imported';
  const { line, column, rule } = result.diagnostic;
  return `${line}:${column} ${rule}`;
}
