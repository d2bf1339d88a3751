/** The documentation site: markdown of the project → static pages, an index for the search, and the files that guides link to. */
import { mkdirSync, readFileSync, rmSync, writeFileSync, copyFileSync, existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { DocsError } from './error.ts';
import { layOut, type NavigationSection } from './layout.ts';
import { escape, renderPage, type Heading, type Rendered } from './render.ts';
import { addressOf, attached, sectionsOf, type Section } from './sources.ts';

interface Page extends Rendered {
  readonly file: string;
  readonly address: string;
  readonly section: Section;
}

/** Of the search: what a section is called, where it is, and its distinct words. */
type Entry = readonly [title: string, address: string, words: string];

const assets = join(import.meta.dirname, 'assets');

/** Writes the site into `folder`, which holds nothing else afterwards. Throws a DocsError that names file and link. */
export function buildDocs(root: string, folder: string): { readonly pages: readonly string[] } {
  const sections = sectionsOf(root);
  const isPage = new Set(sections.flatMap(({ files }) => files));
  const wanted = new Set<string>();
  const links: { from: string; to: string; anchor: string; isStrict: boolean }[] = [];
  const pages = sections.flatMap((section) =>
    section.files.map((file): Page => {
      const markdown = readFileSync(join(root, file), 'utf8');
      const resolve = (target: string): string | null => {
        if (/^(?:https?|mailto):/.test(target)) return target;
        const [path = '', anchor = ''] = target.split('#', 2);
        const to = path === '' ? file : posix.join(posix.dirname(file), path);
        if (isPage.has(to)) {
          links.push({ from: file, to, anchor, isStrict: section.isGuide });
          const here = posix.dirname(addressOf(file));
          const address = path === '' ? '' : posix.relative(here, addressOf(to));
          return `${address}${anchor === '' ? '' : `#${anchor}`}`;
        }
        if (attached.test(to) && existsSync(join(root, to))) {
          wanted.add(to);
          return posix.relative(posix.dirname(addressOf(file)), addressOf(to));
        }
        if (section.isGuide)
          throw new DocsError('LINK_DEAD', `${file}: ${target} leads out of the documentation, or nowhere`);
        return null;
      };
      return { ...renderPage(file, markdown, resolve), file, address: addressOf(file), section };
    }),
  );
  checkAnchors(pages, links);
  const navigation = navigationOf(sections, pages);
  rmSync(folder, { recursive: true, force: true });
  const write = (address: string, text: string): void => {
    mkdirSync(dirname(join(folder, address)), { recursive: true });
    writeFileSync(join(folder, address), text);
  };
  for (const page of pages) write(page.address, layOut(page, navigation));
  for (const page of [frontPage(navigation), searchPage(pages)])
    write(page.address, layOut(page, navigation));
  write('search.json', JSON.stringify(pages.flatMap(entriesOf)));
  for (const name of ['style.css', 'search.js']) copyFileSync(join(assets, name), join(folder, name));
  for (const file of wanted) {
    mkdirSync(dirname(join(folder, addressOf(file))), { recursive: true });
    copyFileSync(join(root, file), join(folder, addressOf(file)));
  }
  return { pages: pages.map(({ address }) => address) };
}

function checkAnchors(
  pages: readonly Page[],
  links: readonly { from: string; to: string; anchor: string; isStrict: boolean }[],
): void {
  const anchors = new Map(
    pages.map(({ file, headings }) => [file, new Set(headings.map(({ anchor }) => anchor))]),
  );
  const dead = links.filter(
    ({ to, anchor, isStrict }) => isStrict && anchor !== '' && anchors.get(to)?.has(anchor) !== true,
  );
  const [one] = dead;
  if (one === undefined) return;
  const all = dead.map(({ from, to, anchor }) => `${from}: ${to}#${anchor} isn’t there`);
  throw new DocsError('LINK_DEAD', all.join('\n'));
}

function navigationOf(sections: readonly Section[], pages: readonly Page[]): readonly NavigationSection[] {
  return sections.map((section) => ({
    title: section.title,
    pages: pages.filter((page) => page.section === section).map(({ title, address }) => ({ title, address })),
  }));
}

function frontPage(navigation: readonly NavigationSection[]) {
  const lists = navigation
    .filter(({ title }) => title !== 'Decisions')
    .map(
      ({ title, pages }) =>
        `<h2>${escape(title)}</h2><ul>${pages.map((page) => `<li><a href="${page.address}">${escape(page.title)}</a></li>`).join('')}</ul>`,
    );
  const html = `<h1>Countersign documentation</h1><p>For who runs it and who signs with it, of the release that is installed here. To begin: <a href="guides/installation.html">Install Countersign</a>.
In an emergency: <a href="guides/runbooks/index.html">Incident runbooks</a>.</p>${lists.join('\n')}`;
  return { title: 'Documentation', address: 'index.html', html, headings: [] };
}

/** Every page and part as a plain list, which the script filters. */
function searchPage(pages: readonly Page[]) {
  const items = pages
    .filter(({ section }) => section.isGuide)
    .map(
      ({ title, address, headings }) =>
        `<li><a href="${address}">${escape(title)}</a><ul>${headings
          .filter(({ depth }) => depth === 2)
          .map(({ text, anchor }) => `<li><a href="${address}#${anchor}">${escape(text)}</a></li>`)
          .join('')}</ul></li>`,
    );
  const others = pages
    .filter(({ section }) => !section.isGuide)
    .map(({ title, address }) => `<li><a href="${address}">${escape(title)}</a></li>`);
  const html = `<h1>Search</h1><p id="found" role="status">All pages and their parts; your browser’s own search finds in this list, too.</p><ul id="results" hidden></ul><ul id="everything">${[...items, ...others].join('\n')}</ul>`;
  return { title: 'Search', address: 'search.html', html, headings: [] };
}

/** Words of guides are found; of other pages, their headings. */
function entriesOf({ title, address, headings, section }: Page): readonly Entry[] {
  return headings.map((heading): Entry => {
    const name = heading.depth === 1 ? title : `${title}: ${heading.text}`;
    const at = heading.depth === 1 ? address : `${address}#${heading.anchor}`;
    return [name, at, section.isGuide ? distinctWords(heading) : ''];
  });
}

function distinctWords({ words }: Heading): string {
  return [...new Set(words.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu))].join(' ');
}
