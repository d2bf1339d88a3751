import type { ReactNode } from 'react';

/** Text to be copied, folded away, with what it is for. */
export function Copy(props: { readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <details className="mt-3 min-w-0">
      <summary className="inline-flex min-h-8 items-center">
        <span className="link">{props.title}</span>
      </summary>
      <p className="mt-1 text-sm text-muted">{props.children}</p>
      <pre className="code-block mt-2" tabIndex={0}>
        <code>{props.text}</code>
      </pre>
    </details>
  );
}
