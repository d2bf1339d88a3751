import type { ReactNode } from 'react';
import { CodeBlock } from '../../../../_components/code-block.tsx';

/** Text to be copied, folded away, with what it is for. */
export function Copy(props: { readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <details className="mt-3 min-w-0">
      <summary className="inline-flex min-h-8 items-center">
        <span className="link">{props.title}</span>
      </summary>
      <p className="mt-1 text-sm text-muted">{props.children}</p>
      <CodeBlock className="mt-2">{props.text}</CodeBlock>
    </details>
  );
}
