import type { ReactNode } from 'react';

/**
 * What somebody typed, within a line of the page's own words: its direction, and a mark in it that turns text around (U+202E),
 * end with it (HTML, `bdi`).
 */
export function Typed({ children }: { readonly children: ReactNode }) {
  return <bdi>{children}</bdi>;
}

/** A text that somebody typed, with their line breaks; its first strong character sets the direction. */
export function TypedText({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <p dir="auto" className={`break-words whitespace-pre-wrap ${className}`}>
      {text}
    </p>
  );
}
