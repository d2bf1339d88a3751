import { parseXml, XmlElement } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomFeed } from './index.ts';
import type { AtomEntry } from './index.ts';

const at = (text: string): Date => new Date(`${text}T00:00:00Z`);
const entry = (more: Partial<AtomEntry> = {}): AtomEntry => ({
  id: 'https://a.example/1',
  link: 'https://a.example/1',
  title: 'One',
  summary: 'It says so.',
  published: at('2026-11-01'),
  updated: at('2026-11-01'),
  ...more,
});
const feedOf = (entries: readonly AtomEntry[], title = 'A feed') => ({
  id: 'https://a.example/',
  link: 'https://a.example/',
  self: 'https://a.example/feed.xml',
  title,
  author: 'A foundation',
  updated: at('2026-01-01'),
  entries,
});

/** A strict parser's view: elements by name below the first of another name. */
function read(document: string) {
  const root = parseXml(document).root;
  if (root === null) throw new Error('no document');
  const below = (element: XmlElement, name: string): readonly XmlElement[] =>
    element.children.filter(
      (child): child is XmlElement => child instanceof XmlElement && child.name === name,
    );
  const one = (element: XmlElement, name: string): XmlElement => {
    const [first] = below(element, name);
    if (first === undefined) throw new Error(`no ${name}`);
    return first;
  };
  return { root, entries: below(root, 'entry'), one };
}

const hostile = [
  '<script>alert(1)</script>',
  'AT&T &amp; &lt;b&gt;',
  ']]><entry/>',
  '"quotes" and \'quotes\'',
  '<!-- --> <![CDATA[x]]>',
  'ünïcödé \u{1F510} \u202E',
];

describe('an Atom feed', () => {
  it.each(hostile)('carries %j as the text that it is', (title) => {
    const { root, entries, one } = read(atomFeed(feedOf([entry({ title, summary: title })], title)));
    const [first] = entries;
    if (first === undefined) throw new Error('no entry');
    for (const element of [one(root, 'title'), one(first, 'title'), one(first, 'summary')]) {
      expect(element.attributes['type']).toBe('text');
      expect(element.text).toBe(title);
      expect(element.children.every((child) => !(child instanceof XmlElement))).toBe(true);
    }
    expect(entries).toHaveLength(1);
  });

  it('is a complete document whatever its content', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (title, link) => {
          const { entries, one } = read(atomFeed(feedOf([entry({ title, link, id: link })])));
          const [first] = entries;
          const expected = title.replaceAll(
            /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g,
            '\uFFFD',
          );
          return first !== undefined && one(first, 'title').text === expected.toWellFormed();
        },
      ),
    );
  });

  it('is as new as its newest entry, which says when it was published and when it last changed', () => {
    const entries = [entry(), entry({ id: 'https://a.example/2', updated: at('2026-11-27') })];
    const { root, entries: read_, one } = read(atomFeed(feedOf(entries)));
    expect(one(root, 'updated').text).toBe('2026-11-27T00:00:00.000Z');
    expect(read_.map((each) => [one(each, 'published').text, one(each, 'updated').text])).toEqual([
      ['2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
      ['2026-11-01T00:00:00.000Z', '2026-11-27T00:00:00.000Z'],
    ]);
    expect(one(read(atomFeed(feedOf([]))).root, 'updated').text).toBe('2026-01-01T00:00:00.000Z');
  });

  it('has what RFC 4287 requires: an author, an id, and a link to itself', () => {
    const { root, one } = read(atomFeed(feedOf([])));
    expect(one(one(root, 'author'), 'name').text).toBe('A foundation');
    expect(one(root, 'id').text).toBe('https://a.example/');
    expect(
      root.children.filter((each) => each instanceof XmlElement && each.attributes['rel'] === 'self'),
    ).toHaveLength(1);
  });
});
