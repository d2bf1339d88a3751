import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

/** What a list says when it has nothing: why, and what would be here. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="mt-6 flex flex-col items-start gap-2 rounded-xl border border-dashed border-rule p-8">
      <Mark size={36} />
      <p className="font-medium">{title}</p>
      {children === undefined ? null : <div className="max-w-prose text-muted">{children}</div>}
    </div>
  );
}
