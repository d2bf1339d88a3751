import type { ReactNode } from 'react';

/** The line that opens a file or folder, with the mark that says so. */
export function Disclosure({ children }: { readonly children: ReactNode }) {
  return (
    <summary className="flex min-h-9 cursor-pointer items-start gap-2 rounded-md py-1.5 [[open]>&>.disclosure]:rotate-90">
      <svg
        className="disclosure mt-1 shrink-0 text-muted"
        viewBox="0 0 16 16"
        width="16"
        height="16"
        aria-hidden="true"
      >
        <path d="M6 3.5 10.5 8 6 12.5" fill="none" stroke="currentColor" strokeWidth="1.75" />
      </svg>
      <span className="min-w-0">{children}</span>
    </summary>
  );
}
