/** The frame of a page: navigation, contents, search. Works without scripts; the only script is the search's. Pure. */
import { posix } from 'node:path';
import { escape, type Heading } from './render.ts';

export interface NavigationSection {
  readonly title: string;
  readonly pages: readonly { readonly title: string; readonly address: string }[];
}

interface Page {
  readonly title: string;
  /** Within the site. */
  readonly address: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

const contentsMin = 3;

export function layOut(page: Page, sections: readonly NavigationSection[]): string {
  const to = (address: string): string => posix.relative(posix.dirname(page.address), address) || '.';
  const parts = page.headings.filter(({ depth }) => depth === 2);
  const contents =
    parts.length < contentsMin
      ? ''
      : `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>${parts
          .map(({ anchor, text }) => `<li><a href="#${anchor}">${escape(text)}</a></li>`)
          .join('')}</ul></nav>`;
  const navigation = sections
    .map(({ title, pages }) => {
      const isHere = pages.some(({ address }) => address === page.address);
      const links = pages.map(({ title: name, address }) => {
        const current = address === page.address ? ' aria-current="page"' : '';
        return `<li><a href="${to(address)}"${current}>${escape(name)}</a></li>`;
      });
      return `<details${isHere ? ' open' : ''}><summary>${escape(title)}</summary><ul>${links.join('')}</ul></details>`;
    })
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(page.title)} – Countersign</title>
<link rel="stylesheet" href="${to('style.css')}">
<script src="${to('search.js')}" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="${to('index.html')}">Countersign documentation</a>
<form action="${to('search.html')}" role="search"><label for="find">Search</label> <input id="find" name="q" type="search" autocomplete="off"> <button>Find</button></form>
</header>
<div class="columns">
<main id="content" tabindex="-1">
${contents}
${page.html}
</main>
<nav class="pages" aria-label="Pages">
${navigation}
</nav>
</div>
<footer><p>Part of the installed release. <a href="${to('search.html')}">All pages</a></p></footer>
</body>
</html>
`;
}
