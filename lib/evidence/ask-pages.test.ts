import { describe, expect, it } from 'vitest';
import type { FetchPage } from '../platform/page-fetch/index.ts';
import { askPages } from './ask-pages.ts';

const repository = 'https://github.com/ada/tool';
function siteOf(pages: Readonly<Record<string, string>>): { fetchPage: FetchPage; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    fetchPage(url) {
      asked.push(url);
      return Promise.resolve({ url, text: pages[url] ?? '', sha256: '' });
    },
  };
}

describe('the pages of a project', () => {
  it('are its home page and at most three that it links to as prices or editions, all of one site', async () => {
    const links = [
      'https://b.example/pricing',
      '/pricing',
      '/pricing#all',
      '/enterprise',
      '/buy',
      '/plans',
      'javascript:pricing()',
    ];
    const home = links.map((url) => `<a href="${url}">More</a>`).join('');
    const { fetchPage, asked } = siteOf({ 'https://a.example/': home });
    const { pages } = await askPages(fetchPage, { home: 'https://a.example/', repository });
    const at = (path: string) => `https://a.example${path}`;
    expect(asked).toEqual(['/', '/pricing', '/enterprise', '/buy'].map(at));
    expect(pages[0]?.links.map((link) => link.url)).toContain('https://b.example/pricing');
    expect(JSON.stringify(pages)).not.toContain('javascript');
  });

  it('never include the code host’s, which list its own prices', async () => {
    const { fetchPage, asked } = siteOf({});
    const seen = await askPages(fetchPage, { home: repository, repository });
    expect(seen).toEqual({
      pages: [],
      failed: [{ url: repository, reason: 'it is a page of the code host' }],
    });
    expect(asked).toEqual([]);
  });

  it('are read as lines of text, without scripts, and within bounds', async () => {
    const many = Array.from({ length: 2_000 }, (_, at) => `<a href="/${at}">x</a>`).join('');
    const html = `<script>buy a licence</script><p>Buy</p><p>licence\0 here</p>${many}${'y '.repeat(100_000)}`;
    const { pages } = await askPages(siteOf({ 'https://a.example/': html }).fetchPage, {
      home: 'https://a.example/',
      repository,
    });
    expect(pages[0]?.text.startsWith('\nBuy\nlicence\ufffd here')).toBe(true);
    expect(pages[0]?.text.length).toBeLessThanOrEqual(60_000);
    expect(pages[0]?.links.length).toBe(300);
  });
});
