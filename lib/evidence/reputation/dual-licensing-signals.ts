/** What goes with offering the same software under a licence for sale. Each is a place to look, none is a proof. */
import { readLicence, unapprovedAlternatives } from '#core/licence/index.ts';
import type { Claims, Answers } from './answers.ts';
import { commercialQuotes, leadsToSales } from './money-words.ts';
import { asks, asksFile, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';
import { othersPlace, readmeFile } from './texts-to-read.ts';

const group = 'dual-licensing';
const treeSource = asks('tree');
const frames = {
  alternatives: {
    id: 'licence-alternatives',
    group,
    title: 'Licences on offer',
    gaming: 'high',
    source: 'The application',
    explanation:
      'An expression with OR may offer a licence that isn’t open source beside one that is. That is how dual licensing is written; it may also be for those who can’t take the first.',
  },
  files: {
    id: 'commercial-files',
    group,
    title: 'Files for licences of another kind',
    source: treeSource,
    gaming: 'medium',
    explanation:
      'Names such as LICENSE-COMMERCIAL and EULA, and folders named enterprise or ee. A EULA may also belong to an installer or to code of others.',
  },
  readme: {
    id: 'commercial-readme',
    group,
    title: 'Words on licences for sale: readme',
    gaming: 'high',
    source: asksFile('README'),
    explanation:
      'Lines that speak of commercial licences, editions or prices. They may be about support, hosting or another product, and a project that sells may not write it there.',
  },
  pages: {
    id: 'commercial-pages',
    group,
    title: 'Words on licences for sale: home page',
    gaming: 'high',
    source: 'The home page, and up to three pages that it links to as prices, editions or licences',
    explanation:
      'The same on the project’s own pages. What a page writes by script isn’t seen, and prices may be those of support or hosting.',
  },
  agreement: {
    id: 'contributor-agreement',
    group,
    title: 'Contributor licence agreement',
    source: treeSource,
    gaming: 'medium',
    explanation:
      'A file of that name. An agreement often gives one party the right to license contributions otherwise; foundations have them, too. One that a service keeps elsewhere isn’t seen.',
  },
} as const satisfies Record<string, SignalFrame>;

const commercialFile =
  /(?:^|\/)(?:(?:LICEN[CS]E|COPYING)[-._](?:COMMERCIAL|ENTERPRISE|PROPRIETARY|EE|PRO)|(?:COMMERCIAL|ENTERPRISE|PROPRIETARY)[-._]?LICEN[CS]E|EULA)(?:\.[A-Za-z]{1,8})?$/i;
const commercialFolder = /^(?:.{1,200}\/)?(?:ee|enterprise|commercial|proprietary)\//i;
const agreementFile =
  /(?:^|\/)(?:I?CLA|CCLA|CONTRIBUTOR[-_ ]?(?:LICEN[CS]E[-_ ]?)?AGREEMENT|\.clabot|cla(?:bot)?\.(?:ya?ml|json))(?:\.(?:md|txt|rst|pdf))?$/i;

export function dualLicensingSignals(answers: Answers, claims: Claims): readonly Signal[] {
  return [alternatives(claims), ...byTree(answers), readme(answers), pages(answers)];
}

function alternatives({ licence }: Claims): Signal {
  const expression = licence === null ? null : readLicence(licence);
  if (expression?.ok !== true)
    return unverified(frames.alternatives, 'the application names no licence that can be read');
  const beside = unapprovedAlternatives(expression.expression);
  return beside.length === 0
    ? verified(frames.alternatives, 'none that isn’t open source', 'neutral')
    : verified(frames.alternatives, `${beside.join(', ')}, beside one that is open source`, 'look');
}

function byTree(answers: Answers): readonly Signal[] {
  const answer = answers.tree;
  if (!answer.ok) return [frames.files, frames.agreement].map((frame) => unverified(frame, answer.reason));
  const paths = answer.value.files.filter((file) => !othersPlace.test(file.path)).map((file) => file.path);
  const folders = paths.flatMap((path) => commercialFolder.exec(path)?.[0] ?? []);
  const named = [...paths.filter((path) => commercialFile.test(path)), ...new Set(folders)];
  const agreements = paths.filter((path) => agreementFile.test(path));
  // A tree that the host cut off says what is there, never what isn't.
  const signalOf = (frame: SignalFrame, found: readonly string[], note: Signal['note']): Signal =>
    found.length === 0 && answer.value.truncated
      ? unverified(frame, 'the host gave only a part of the tree')
      : verified(
          frame,
          found.length === 0 ? 'none found' : `${found.length}`,
          found.length === 0 ? 'neutral' : note,
          found,
        );
  return [signalOf(frames.files, named, 'look'), signalOf(frames.agreement, agreements, 'look')];
}

function readme(answers: Answers): Signal {
  const answer = answers.texts;
  if (!answer.ok) return unverified(frames.readme, answer.reason);
  const file = answer.value.files.find(({ path }) => readmeFile.test(path));
  if (file === undefined) return unverified(frames.readme, 'there is no readme');
  const found = commercialQuotes(file.text);
  return verified(
    frames.readme,
    found.length === 0 ? 'none found' : `${found.length} line${found.length === 1 ? '' : 's'}`,
    found.length === 0 ? 'neutral' : 'look',
    found.map(({ line, text }) => `${file.path}:${line}: “${text}”`),
  );
}

function pages(answers: Answers): Signal {
  const answer = answers.pages;
  if (!answer.ok) return unverified(frames.pages, answer.reason);
  const { pages: all, failed } = answer.value;
  const unseen = failed.map(({ url, reason }) => `${url}: ${reason}`);
  if (all.length === 0) return unverified(frames.pages, unseen[0] ?? 'the application names no home page');
  const links = all.flatMap(({ url: from, links: some }) =>
    some
      .filter(({ text, url }) => leadsToSales(text, url))
      .map(({ text, url }) => `link on ${from}: “${text}” → ${url}`),
  );
  const found = all.flatMap(({ url, text }) =>
    commercialQuotes(text).map((quote) => `${url}: “${quote.text}”`),
  );
  const details = [...found, ...new Set(links)];
  return verified(
    frames.pages,
    details.length === 0
      ? `none found on ${all.length === 1 ? 'the page' : `${all.length} pages`}`
      : `${details.length} places on ${all.length} page${all.length === 1 ? '' : 's'}`,
    details.length === 0 ? 'neutral' : 'look',
    [...details, ...unseen],
  );
}
