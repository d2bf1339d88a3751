'use client';

import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

/** Takes the focus once it appears: what an answer is about is where reading goes on. */
export function FocusHere({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} tabIndex={-1} className="min-w-0 outline-none">
      {children}
    </div>
  );
}
