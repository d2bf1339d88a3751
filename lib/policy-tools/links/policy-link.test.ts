import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPolicyLink } from './index.ts';

const policy = 'https://sign.example/projects/shelf';
const find = (html: string) =>
  findPolicyLink({
    html,
    pageUrl: 'https://shelf.example/',
    policyUrls: [policy, 'https://shelf.example/signing'],
  });

describe('the link to the code-signing policy', () => {
  it.each([
    `<a href="${policy}">Code signing policy</a>`,
    `<A class='x>y' HREF='${policy}/'>\n  Code-Signing&nbsp;<b>Policy</b> </A>`,
    `<a href=${policy}#top>our code signing policy</a>`,
    '<a href="/signing">Code&#32;signing&#x20;policy</a>',
    '<h2>Code signing policy</h2><p>Free code signing by …</p>',
    `<p>unclosed <a href="${policy}">Code signing policy`,
  ])('is found in %s', (html) => {
    expect(find(html).found).toBe(true);
  });

  it.each([
    [`<!-- <a href="${policy}">Code signing policy</a> -->`, 'are not on the page'],
    [`<script>document.write('<a href="${policy}">Code signing policy</a>')</script>`, 'are not on the page'],
    [`<template><a href="${policy}">Code signing policy</a></template>`, 'are not on the page'],
    ['<a href="https://evil.example/">Code signing policy</a>', 'link to https://evil.example/'],
    ['<p>Read our code <i>signing</i> policy.</p>', 'not as a link'],
    [`<a href="${policy}">here</a>`, 'not under the words'],
    [
      '<a href="https://sign.example.evil.example/projects/shelf">Code signing policy</a>',
      'they must link to',
    ],
    ['', 'are not on the page'],
  ])('isn’t found in %s, and the reason is given', (html, reason) => {
    expect(find(html)).toEqual({ found: false, reason: expect.stringContaining(reason) as string });
  });

  it('is searched for in any text, without an exception', () => {
    const markup = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '<a href="',
          "'",
          '">',
          '<h1>',
          '</h1>',
          '<!--',
          '-->',
          '<script>',
          '&#x',
          ';',
          '<',
          '</a>',
        ),
      ),
    );
    fc.assert(
      fc.property(markup, (parts) => {
        expect(typeof find(parts.join('')).reason).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it.each(['<', '<a ', '<a href="x">', '&amp;', '<!--', '<h1>', '"'])(
    'costs no more than its length: a megabyte of %s',
    (text) => {
      expect(find(text.repeat(1_000_000 / text.length)).found).toBe(false);
    },
    5_000,
  );
});
