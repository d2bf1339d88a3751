'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Keeps a page about work in progress current. Without JavaScript the page is right too, just not live. */
export function AutoRefresh({ seconds }: { readonly seconds: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      // Never while somebody types, and not in a hidden tab.
      const typing = document.activeElement instanceof HTMLTextAreaElement;
      if (!document.hidden && !typing) router.refresh();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [router, seconds]);
  // Tells the page cache that this page needs its scripts.
  return <span hidden data-live="" />;
}
