import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Typed, TypedText } from './typed.tsx';

const turned = 'invoice\u202Efdp.exe';

describe('text that users entered', () => {
  it('doesn’t change the direction of the text after it', () => {
    const line = renderToStaticMarkup(
      <p>
        Stopped: <Typed>{turned}</Typed>. Nothing is signed.
      </p>,
    );
    expect(line).toBe(`<p>Stopped: <bdi>${turned}</bdi>. Nothing is signed.</p>`);
    expect(renderToStaticMarkup(<TypedText text={turned} />)).toMatch(/^<p dir="auto"/);
  });

  // A name in an expression of its own, with other words in its line: `: {stop.reason}`, `{one.title} (`.
  const bare =
    /(?:[^\s>{}]|\} ?)[ ]?\{\w+(?:\?\.|\.)(?:reason|comment|body|contact|statement|conditions|reasons|applicantName|actorName)\}/g;
  const pages = globSync('app/**/*.tsx', { cwd: join(import.meta.dirname, '../..') });

  it.each(pages.filter((page) => !page.endsWith('.test.tsx')))(
    'is never bare within a line of %s',
    (page) => {
      const source = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
      const found = [...source.matchAll(bare)].map(([text]) => text).filter((text) => !text.startsWith('='));
      expect(found).toEqual([]);
    },
  );
});
