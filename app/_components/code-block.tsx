import { keepWords } from './keep-words.tsx';

/**
 * Commands, files and other text to be copied. Lines break where there is space, and what is wider than that scrolls; the block takes the
 * keyboard's focus, so that arrow keys scroll it.
 */
export function CodeBlock(props: { readonly children: string; readonly className?: string }) {
  return (
    <pre className={`code-block ${props.className ?? 'mt-3'}`} tabIndex={0}>
      <code>{keepWords(props.children, Infinity)}</code>
    </pre>
  );
}
