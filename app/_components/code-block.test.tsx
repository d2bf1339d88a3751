import { renderToStaticMarkup } from 'react-dom/server';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodeBlock } from './code-block.tsx';
import { Command } from './keep-words.tsx';

const command = 'countersign submit a-file.exe --policy release-signing';

it('keeps every word in one line, flags above all', () => {
  const html = renderToStaticMarkup(<CodeBlock>{command}</CodeBlock>);
  for (const word of ['a-file.exe', '--policy', 'release-signing'])
    expect(html).toContain(`<span class="whitespace-nowrap">${word}</span>`);
  expect(html).toContain('countersign submit ');
});

it('lets a word break among others that is wider than a phone', () => {
  const long = `https://sign.example/${'a/'.repeat(20)}`;
  expect(renderToStaticMarkup(<Command>{`curl --fail ${long}`}</Command>)).toBe(
    `<code class="wrap-anywhere">curl <span class="whitespace-nowrap">--fail</span> ${long}</code>`,
  );
  expect(renderToStaticMarkup(<CodeBlock>{long}</CodeBlock>)).toContain('nowrap');
});

it('is copied as it was written, whatever it is', () => {
  const words = fc.string({ unit: fc.constantFrom('a', '-', '/', ' ', '\n', '\t', '"', "'", '{', 'ä') });
  fc.assert(
    fc.property(words, (text) => {
      const html = renderToStaticMarkup(<CodeBlock>{text}</CodeBlock>);
      const shown = html
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&quot;', '"')
        .replaceAll('&#x27;', "'");
      expect(shown).toBe(text);
    }),
  );
});
