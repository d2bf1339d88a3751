import Link from 'next/link';

interface Props {
  /** null: this is the first page. */
  readonly first: string | null;
  /** null: nothing more follows. */
  readonly next: string | null;
  readonly words?: { readonly first?: string; readonly next?: string };
}

/** Lists of any length go on with their next page, and back to their first. */
export function Pages({ first, next, words = {} }: Props) {
  if (first === null && next === null) return null;
  return (
    <nav aria-label="Pages" className="mt-8 flex flex-wrap gap-3">
      {first === null ? null : (
        <Link className="button button-quiet" href={first}>
          {words.first ?? 'First page'}
        </Link>
      )}
      {next === null ? null : (
        <Link className="button button-quiet" href={next} rel="next">
          {words.next ?? 'Next page'}
        </Link>
      )}
    </nav>
  );
}
