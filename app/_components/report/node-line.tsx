import type { ReactNode } from 'react';
import type { ReportNode } from '../../../lib/inspection-reports/index.ts';
import { formatBytes, plural } from '../format.ts';
import { Typed } from '../typed.tsx';

/** A file or folder of a report in one line: its name, and what somebody should see without opening it. */
export function NodeLine({ node, name }: { readonly node: ReportNode; readonly name?: ReactNode }) {
  const { entry, below } = node;
  const isFile = entry?.type === 'file';
  return (
    <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="min-w-0 font-medium wrap-anywhere">
        <Typed>{name ?? nameOf(node)}</Typed>
      </span>
      <span className="text-sm text-muted">{isFile ? formatBytes(entry.sizeBytes) : 'folder'}</span>
      {below.files === 0 ? null : (
        <span className="text-sm text-muted">{plural(below.files, 'file')} inside</span>
      )}
      {marksOf(node).map(([words, tone]) => (
        <span key={words} className={`text-sm ${tone}`}>
          {words}
        </span>
      ))}
    </span>
  );
}

export const nameOf = ({ name, position }: ReportNode): string =>
  name === '' ? (position === 0 ? 'The artifact' : '(no name)') : name;

const [good, bad, mild] = ['text-pass', 'text-fail font-medium', 'text-wait'];

function marksOf({ entry, below }: ReportNode): readonly (readonly [string, string])[] {
  const isFile = entry?.type === 'file';
  const own = isFile
    ? [
        ...(entry.sign === null ? [] : [['gets signed', good] as const]),
        ...(entry.role === 'unexpected' ? [['unexpected', bad] as const] : []),
        ...(entry.notSeenCount > 0 ? [['not seen inside', mild] as const] : []),
        ...(entry.scan.outcome === 'infected' ? [['malware found', bad] as const] : []),
        ...(entry.scan.outcome === 'not-scanned' ? [['not scanned to its end', mild] as const] : []),
        ...(entry.rewritten === undefined ? [] : [['written anew after signing', good] as const]),
        ...((entry.warnedBy ?? []).length > 0 ? [['wrong after signing', mild] as const] : []),
        ...(entry.refusedBy.length > 0 ? [['refused', bad] as const] : []),
      ]
    : [];
  const inside = (
    [
      [below.toBeSigned, 'signed', good],
      [below.unexpected, 'unexpected', bad],
      [isFile && entry.notSeenCount > 0 ? 0 : below.notSeen, 'not seen inside', mild],
      [below.infected, 'with malware', bad],
      [below.notScanned, 'not scanned', mild],
    ] as const
  ).flatMap(([count, words, tone]) => (count === 0 ? [] : [[`${count} ${words}`, tone] as const]));
  return [...own, ...inside];
}
