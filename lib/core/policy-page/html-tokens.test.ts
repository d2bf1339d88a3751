import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlCharactersMax, tokensOf } from './index.ts';
import type { HtmlToken } from './index.ts';

const shortly = (token: HtmlToken): string => {
  if (token.kind === 'text') return token.text;
  if (token.kind === 'close') return `</${token.name}>`;
  return `<${[token.name, ...[...token.attributes].map(([name, value]) => `${name}=[${value}]`)].join(' ')}>`;
};
const tokens = (html: string): string[] => [...tokensOf(html)].map(shortly);

export const anyMarkup = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('<a href="', "<a href='", '">', "'", '<h1>', '</h1>', '</a>', '<base href=', '<', '>'),
      fc.constantFrom('<!--', '-->', '<!', '<?', '</', '/>', '<script>', '</script', '<template>', '<title>'),
      fc.constantFrom('&#x', '&#99999999999;', '&#0;', '&nbsp', ';', '&', 'code signing policy', ' ', '='),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('the tokens of a page', () => {
  it.each<[string, string[]]>([
    ['<p>a</p>', ['<p>', 'a', '</p>']],
    ['1 < 2 > 1 <3', ['1 ', '< 2 > 1 ', '<3']],
    [`<A HREF='x>y' class=z/>b`, ['<a href=[x>y] class=[z/]>', 'b']],
    ['<a href = "1" href="2" disabled title>', ['<a href=[1] disabled=[] title=[]>']],
    ['<a/href=1>', ['<a href=[1]>']],
    ['<a title=">" data-href="no" href=yes>', ['<a title=[>] data-href=[no] href=[yes]>']],
    ['<a title="say href=no">', ['<a title=[say href=no]>']],
    ['a<!-- <b> -- > --->c<!-->d<!--->e<!x>f<?y>g</>h', ['a', 'c', 'd', 'e', 'f', 'g', 'h']],
    ['a<!-- never closed <b>', ['a']],
    ['a<b title="never closed', ['a']],
    ['<br/></p >', ['<br>', '</p>']],
  ])('of %s are those a browser sees', (html, expected) => {
    expect(tokens(html)).toEqual(expected);
  });

  it.each([
    '<script>if (a<b) { // don’t say "</scripty>" or \'</b>\'\n}</SCRIPT >',
    "<script>for (i = 0; i<n; i++); // don't</script>",
    '<style>a::after { content: "<b>" }</style>',
    '<title>a <b> c</title>',
    '<textarea><a href=x></textarea>',
    '<noscript><b></noscript>',
    '<template><b><template></template>inside</template>',
  ])('hold nothing of what %s has inside', (html) => {
    expect(tokens(`before${html}<p>after`).filter((one) => !/^<\/?(script|style|title)/.test(one))).toEqual(
      expect.arrayContaining(['before', '<p>', 'after']),
    );
    expect(tokens(`before${html}<p>after`).join('')).not.toMatch(/<b>|<a|inside|don/);
  });

  it.each([
    ['&amp;&lt;&gt;&quot;&apos;', '&<>"\''],
    ['a&nbsp;b&nbspc', 'a\u00a0b\u00a0c'],
    ['&#65;&#x42;&#X43&#68 ', 'ABCD '],
    ['&#150;&#0;&#xd800;&#x110000;', '–\ufffd\ufffd\ufffd'],
    ['&constructor;&__proto__;&unknown; & &# &#x; AT&T', '&constructor;&__proto__;&unknown; & &# &#x; AT&T'],
    ['&amp;lt;', '&lt;'],
  ])('have %s decoded, once', (html, text) => {
    expect(tokens(html)).toEqual([text]);
  });

  it('never take a parameter of an address for a character', () => {
    expect(tokens('<a href="?a=1&lt=2&amp;b=3&copy=4">')).toEqual(['<a href=[?a=1&lt=2&b=3&copy=4]>']);
  });

  it('never shorten an address to another one', () => {
    expect(tokens(`<a href="https://a.example/${'x'.repeat(5_000)}">`)).toEqual(['<a>']);
  });

  it('come in the order and extent of the text, and end, whatever the text', () => {
    fc.assert(
      fc.property(anyMarkup, (html) => {
        const found = [...tokensOf(html)];
        expect(found.length).toBeLessThanOrEqual(html.length);
        const characters = found.reduce((sum, one) => sum + (one.kind === 'text' ? one.text.length : 0), 0);
        expect(characters).toBeLessThanOrEqual(html.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('end where the bound is', () => {
    const texts = tokens(`${'x'.repeat(htmlCharactersMax)}<p>beyond`);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toHaveLength(htmlCharactersMax);
  });
});
