import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Backquoted } from './backquoted.tsx';

it('shows what stands in backquotes as code, and nothing as markup', () => {
  const html = renderToStaticMarkup(<Backquoted>{'With `despite=<b>`, or not.'}</Backquoted>);
  expect(html).toBe('With <code class="break-words">despite=&lt;b&gt;</code>, or not.');
});
