import { Fragment } from 'react';
import type { ReactNode } from 'react';

/** Wider than a phone, a word has to break somewhere where nothing scrolls. */
const inlineCharactersMax = 30;

/**
 * Text whose lines break only where there is space: elsewhere browsers break after hyphens and slashes, and `--` at the end of a line is
 * taken for a word of its own. `longest`: words of more characters may break anywhere. What is copied is the same text.
 */
export function keepWords(text: string, longest: number = inlineCharactersMax): ReactNode {
  return text.split(/(\s+)/).map((part, at) =>
    breaksNowhere.test(part) || part.length > longest ? (
      <Fragment key={at}>{part}</Fragment>
    ) : (
      <span key={at} className="whitespace-nowrap">
        {part}
      </span>
    ),
  );
}

/** Spaces, and words without any sign after which a browser would break. */
const breaksNowhere = /^(?:\s*|\w+)$/;

/** A command among other words. */
export function Command({ children }: { readonly children: string }) {
  return <code className="wrap-anywhere">{keepWords(children)}</code>;
}
