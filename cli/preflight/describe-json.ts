/** What preflight prints for programs. */
import type { Judged } from './judge.ts';

/** One document, ended by a line feed. */
export function describeAsJson({ file, configuration, report, ...judged }: Judged): string {
  return `${JSON.stringify({ version: 1, file, configuration, ...judged, report }, null, 2)}\n`;
}
