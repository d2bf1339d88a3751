/** What became of real files, by format and toolchain, as a table in Markdown. */
import type { FoundFile } from './found-file.ts';

export interface Tried {
  readonly found: FoundFile;
  readonly outcome: 'accepted' | 'refused' | 'disagreement';
  /** Why it was refused, or what disagrees; empty: it was accepted. */
  readonly why: string;
}

export function tableOf(tried: readonly Tried[]): string {
  const rows = new Map<string, Tried[]>();
  for (const one of tried) {
    const key = `${one.found.format} | ${one.found.toolchain}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const count = (of: readonly Tried[], outcome: Tried['outcome']): number =>
    of.filter((one) => one.outcome === outcome).length;
  const lines = [...rows].map(([key, of]) => {
    const reasons = [...new Set(of.filter(({ why }) => why !== '').map(({ why }) => why))].join('; ');
    const accepted = count(of, 'accepted');
    return `| ${key} | ${of.length} | ${accepted} | ${of.length - accepted} | ${reasons.replaceAll('|', '\\|')} |`;
  });
  return [
    '| Format | Toolchain | Files | Signed and accepted | Refused | Why |',
    '| - | - | - | - | - | - |',
    ...lines,
  ].join('\n');
}
