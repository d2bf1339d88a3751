import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Backquoted } from './backquoted.tsx';

it('shows what stands in backquotes as code, and nothing as markup', () => {
  const html = renderToStaticMarkup(<Backquoted>{'With `despite=<b>`, or not.'}</Backquoted>);
  expect(html).toBe(
    'With <code class="wrap-anywhere"><span class="whitespace-nowrap">despite=&lt;b&gt;</span></code>, or not.',
  );
});
