/** The documentation site: every link leads somewhere within it, nothing runs that the portal’s policy wouldn’t let, nothing is lost. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildDocs } from './build.ts';
import { anchorsOf, renderPage } from './render.ts';
import { sectionsOf } from './sources.ts';

const root = join(import.meta.dirname, '..', '..');
const top = mkdtempSync(join(tmpdir(), 'countersign-docs-'));
const site = join(top, 'site');
let pages: readonly string[] = [];
beforeAll(() => {
  ({ pages } = buildDocs(root, site));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const read = (address: string): string => readFileSync(join(site, address), 'utf8');
const htmlFiles = (): readonly string[] =>
  readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));

describe('the documentation site', () => {
  it('has every guide, policy page, reference and runbook', () => {
    const files = sectionsOf(root).flatMap((section) => section.files);
    for (const folder of ['guides', 'guides/runbooks', 'policy', 'reference'])
      for (const name of readdirSync(join(root, 'docs', folder)))
        if (name.endsWith('.md')) expect(files).toContain(posix.join('docs', folder, name));
    expect(pages.length).toBe(files.length);
  });

  it('leads nowhere that isn’t there: pages, anchors, files', () => {
    const anchors = new Map(
      htmlFiles().map((file) => [
        file,
        new Set([...read(file).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
      ]),
    );
    const dead: string[] = [];
    let count = 0;
    for (const file of anchors.keys()) {
      // Decisions and the changelog speak of headings that were; the pages that they lead to are there.
      const isGuide = /^(?:guides|policy|reference)\//.test(file);
      for (const [, , target = ''] of read(file).matchAll(/ (href|src|action)="([^"]*)"/g)) {
        if (/^(?:https?|mailto):/.test(target)) continue;
        count += 1;
        const [path = '', anchor = ''] = target.split('#', 2);
        const to = path === '' ? file : posix.join(dirname(file), path);
        if (to.startsWith('..') || !existsSync(join(site, to))) dead.push(`${file}: ${target}`);
        else if (isGuide && anchor !== '' && anchors.get(to)?.has(anchor) !== true)
          dead.push(`${file}: ${target}`);
      }
    }
    expect(count).toBeGreaterThan(1000);
    expect(dead).toEqual([]);
  });

  it('holds one script, of a file, and no style or handler in a page', () => {
    for (const file of htmlFiles()) {
      const html = read(file);
      expect(html.match(/<script\b[^>]*>/g), file).toEqual([
        expect.stringMatching(/ src="[./]*search\.js" defer>$/),
      ]);
      expect(html, file).not.toMatch(/<style|<[^>]* style=|<[^>]* on[a-z]+=|javascript:|<iframe|<img/i);
    }
  });

  it('has its search as a plain list, and an index whose addresses are there', () => {
    const entries = z
      .array(z.tuple([z.string(), z.string(), z.string()]))
      .parse(JSON.parse(read('search.json')));
    for (const [title, address] of entries)
      expect(existsSync(join(site, address.split('#')[0] ?? '')), title).toBe(true);
    expect(
      entries.find(
        ([title, , words]) => title.includes('Check configurations') && words.includes('loadcredential'),
      ),
    ).toBeDefined();
    expect(read('search.html').match(/<li>/g)?.length).toBeGreaterThan(pages.length);
    expect(Buffer.byteLength(read('search.json'))).toBeLessThan(512 * 1024);
  });

  it('gives the same bytes twice', () => {
    const again = join(top, 'again');
    buildDocs(root, again);
    for (const file of [...htmlFiles(), 'search.json'])
      expect(readFileSync(join(again, file), 'utf8') === read(file), file).toBe(true);
  });
});

describe('a page', () => {
  const render = (markdown: string) => renderPage('a.md', markdown, (target) => target);

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=a>',
    'a <b>b</b>',
    '<details>\n\nx\n\n</details>',
    '<!-- a --><i>b</i>',
  ])('is refused with HTML in it: %s', (html) => {
    expect(() => render(`# A\n\n\n${html}\n`)).toThrow(/a\.md:4: HTML stands here/);
  });

  it('shows what looks like HTML in code, and leaves out comments', () => {
    const { html } = render('# A\n\n<!-- a mark -->\n\n`<b>` and\n\n```\n<script>\n```\n');
    expect(html).toContain('<code>&lt;b&gt;</code>');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<!--|<script/);
  });

  it('needs a title, and has an anchor for each heading as GitHub makes it', () => {
    expect(() => render('text')).toThrow('a.md:1: The page has no title');
    const anchorOf = anchorsOf();
    expect(
      ['A `b`: c, d?', 'A b c d', 'Was heißt das?', 'A b c d'].map((text) =>
        anchorOf(text.replaceAll('`', '')),
      ),
    ).toEqual(['a-b-c-d', 'a-b-c-d-1', 'was-heißt-das', 'a-b-c-d-2']);
  });

  it.each([
    ['guide.md', 'guide.md leads out of'],
    ['../../package.json', 'package.json leads out of'],
    ['#nowhere', '#nowhere isn’t there'],
    ['javascript:alert(1)', 'leads out of'],
  ])('is refused with a link that leads nowhere: %s', (target, said) => {
    const own = mkdtempSync(join(top, 'root-'));
    for (const folder of [
      'docs/guides/runbooks',
      'docs/policy',
      'docs/reference',
      'docs/decisions',
      'action',
      'gitlab-component',
    ])
      mkdirSync(join(own, folder), { recursive: true });
    for (const file of ['docs/guides/runbooks/index.md', 'action/README.md', 'gitlab-component/README.md'])
      writeFileSync(join(own, file), '# A\n');
    writeFileSync(join(own, 'docs/guides/one.md'), `# One\n\n[there](${target})\n`);
    expect(() => buildDocs(own, join(own, 'site'))).toThrow(said);
  });
});
