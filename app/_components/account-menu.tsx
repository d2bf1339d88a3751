'use client';

import { useId } from 'react';
import type { ReactNode } from 'react';

/** A button that opens the signed-in person's own places; without scripts, too. Leaving for one of them closes it. */
export function AccountMenu({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="inline-flex min-h-9 max-w-28 cursor-pointer items-center gap-1.5 rounded-md px-2 text-[0.9375rem] font-medium hover:bg-sunken min-[24rem]:max-w-44 sm:max-w-56"
      >
        <bdi className="truncate">{name}</bdi>
        <svg aria-hidden width="10" height="6" viewBox="0 0 10 6" className="shrink-0 text-muted">
          <path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </svg>
        <span className="sr-only">: your pages</span>
      </button>
      <div
        id={id}
        popover="auto"
        className="account-menu"
        onClick={(event) => {
          // The header persists across pages: a menu opened on one would stay open on the next.
          if (event.target instanceof Element && event.target.closest('a') !== null)
            event.currentTarget.hidePopover();
        }}
      >
        {children}
      </div>
    </>
  );
}
