import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMarkup } from './html-tokens.test.ts';
import { findPolicyLink, linksOf } from './index.ts';

const policy = 'https://sign.example/projects/shelf';
const page = 'https://shelf.example/download';
const find = (html: string) =>
  findPolicyLink({ html, pageUrl: page, policyUrls: [policy, 'https://shelf.example/signing/'] });

describe('the link to the code-signing policy', () => {
  it.each([
    `<a href="${policy}">Code signing policy</a>`,
    `<A class='x>y' HREF='${policy}/'>\n  Code-Signing&nbsp;<b>Pol</b>icy </A>`,
    `<a href=${policy}#top>Read our CODE\u2011SIGNING POLICY.</a>`,
    '<a href="/signing">Code&#32;signing&#x20;policy</a>',
    '<a href="../signing/#who">Code&shy;&ndash;signing<br>policy</a>',
    `<a href="https&colon;//sign.example/projects/shelf">code &#150; signing policy</a>`,
    `<base href="https://sign.example/projects/"><a href="shelf">Code signing policy</a>`,
    `<script>for (i = 0; i<n; i++); // don't</script><a href="${policy}">Code signing policy</a>`,
    `<a href="https://other.example/">Code signing policy</a><a href="${policy}">Code signing policy</a>`,
    `<p>unclosed <a href="${policy}">Code signing policy`,
    `${'<a href="/x">x</a>'.repeat(3_000)}<a href="${policy}">Code signing policy</a>`,
  ])('is found in %s', (html) => {
    expect(find(html)).toMatchObject({ found: true, reason: expect.stringContaining('links to') as string });
  });

  it.each([
    '<h2>Code signing policy</h2><p>Free code signing by …</p>',
    '<h3 id="p">Our <em>code-signing</em> policy</h3>',
    '<h2><a href="#policy">Code signing policy</a></h2>',
    '<h2>Code signing policy',
  ])('isn’t needed where the page has the policy itself: %s', (html) => {
    expect(find(html)).toMatchObject({ found: true, reason: expect.stringContaining('section') as string });
  });

  it.each([
    ['', 'are not on the page'],
    [`<!-- <a href="${policy}">Code signing policy</a> -->`, 'are not on the page'],
    [`<script>document.write('<a href="${policy}">Code signing policy</a>')</script>`, 'are not on the page'],
    [`<template><a href="${policy}">Code signing policy</a></template>`, 'are not on the page'],
    ['<title>Code signing policy</title>', 'are not on the page'],
    ['<p>Unicode signing policy, code signing policyholder</p>', 'are not on the page'],
    ['<p>Read our code <i>signing</i> policy.</p>', 'are no link'],
    ['<a name="x">Code signing policy</a>', 'are no link'],
    [`<a data-href="${policy}" title="href=${policy}">Code signing policy</a>`, 'are no link'],
    ['<a href="javascript:alert(1)">Code signing policy</a>', 'are no link'],
    ['<a href="https://[">Code signing policy</a>', 'are no link'],
    ['<a href="https://evil.example/">Code signing policy</a>', 'link to https://evil.example/;'],
    ['<h2><a href="https://evil.example/">Code signing policy</a></h2>', 'link to https://evil.example/;'],
    ['<a href="https://evil.example/"><h2>Code signing policy</h2></a>', 'link to https://evil.example/;'],
    [`<a href="${policy}.evil.example">Code signing policy</a>`, `have to link to ${policy}.`],
    [`<a href="${policy}?x">Code signing policy</a>`, `have to link to ${policy}.`],
    ['<a href="https://user@sign.example/projects/shelf">Code signing policy</a>', 'have to link to'],
    ['<a href="https://sign.example@evil.example/projects/shelf">Code signing policy</a>', 'have to link to'],
    ['<a href="http://sign.example/projects/shelf">Code signing policy</a>', 'have to link to'],
    [`<a href="${policy}">here</a>`, 'not under the words'],
    [`<a href="${policy}"></a> Code signing policy`, 'not under the words'],
  ])('isn’t found in %s, and why is said', (html, reason) => {
    expect(find(html)).toMatchObject({ found: false, reason: expect.stringContaining(reason) as string });
  });

  it('shows at most twenty links under the words, and none under others', () => {
    expect(find('<a href="/a">Code signing policy</a><a href="/b">Imprint</a>').links).toEqual([
      { text: 'Code signing policy', href: 'https://shelf.example/a' },
    ]);
    expect(find('<a href="/a">Code signing policy</a>'.repeat(100)).links).toHaveLength(20);
  });

  it('needs no address to be well-formed', () => {
    const html = '<a href="https://a.example/">Code signing policy</a><a href="/b">Code signing policy</a>';
    const result = findPolicyLink({ html, pageUrl: 'nowhere', policyUrls: ['nonsense', ''] });
    expect(result).toMatchObject({ found: false, links: [{ href: 'https://a.example/' }] });
    expect(findPolicyLink({ html, pageUrl: '', policyUrls: [] }).reason).toContain('link to the policy.');
  });

  it('is looked for in any text without an exception, and only found where the words are', () => {
    fc.assert(
      fc.property(anyMarkup, (html) => {
        const { found, links } = find(html);
        expect(links.every((link) => /^https?:/.test(link.href))).toBe(true);
        if (found) expect(html).toMatch(/signing/i);
      }),
      { numRuns: 1_000 },
    );
  });

  // Anything quadratic takes minutes at this length.
  it.each([
    ...[
      '<',
      '</',
      '<!',
      '<!--',
      '<a ',
      '<a',
      '<a href="x">',
      '<a href=',
      '<h1>',
      '<a a a=" ',
      '"',
      '&',
      '&#1',
    ],
    ...['&ampamp', '<script>', '</script', '<script></', '<template>', '<base href=x>', ' ', '- ', '\u00ad'],
    ...['code signing policy', '<h1><a href=x>code signing policy', 'a=', '<a href=#>', '=', '<p/ / '],
  ])('costs no more than its length: two megabytes of %s', { timeout: 15_000 }, (text) => {
    const html = text.repeat(Math.ceil((2 * 1024 * 1024) / text.length));
    const started = performance.now();
    expect(typeof find(html).found).toBe('boolean');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('the links of a page', () => {
  it('are absolute, http or https, with the text that people read', () => {
    const html = `<a href="b?x=1&amp;y=2#z"> The
      <b>m</b>anual </a><a href="mailto:a@b.example">mail</a><a href="javascript:alert(1)">x</a>
      <a href=" //cdn.example/c ">Mirror<a href="">here`;
    expect(linksOf(html, 'https://shelf.example/a/')).toEqual([
      { text: 'The manual', href: 'https://shelf.example/a/b?x=1&y=2#z' },
      { text: 'Mirror', href: 'https://cdn.example/c' },
      { text: 'here', href: 'https://shelf.example/a/' },
    ]);
  });

  it('are two thousand at most, with two thousand characters each', () => {
    const links = linksOf(
      `<a href=x>${'y'.repeat(9_000)}</a>`.repeat(100) + '<a href=x>'.repeat(9_000),
      page,
    );
    expect(links).toHaveLength(2_000);
    expect(links[0]?.text).toHaveLength(2_000);
  });

  it('follow the first <base>, never one that leaves the web', () => {
    const resolve = (base: string) => linksOf(`${base}<a href="x">y</a>`, page)[0]?.href;
    expect(resolve('<base href="/docs/"><base href="/other/">')).toBe('https://shelf.example/docs/x');
    expect(resolve('<base href="data:text/html,x">')).toBe('https://shelf.example/x');
  });
});
