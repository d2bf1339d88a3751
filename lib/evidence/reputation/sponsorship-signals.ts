/** Who pays for a project, and who holds it. Donations are welcome; a company that decides is another thing. */
import { composeOne } from '#core/yaml/index.ts';
import type { Answers } from './answers.ts';
import { jsonOf } from './licence-signals.ts';
import { addressesIn, companiesIn, hasLegalForm, leadsToSponsors, sponsorQuotes } from './money-words.ts';
import { asks, asksFile, clean, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';
import {
  fundingFile,
  isSource,
  licenceFile,
  manifestFile,
  othersPlace,
  readmeFile,
} from './texts-to-read.ts';

const group = 'sponsorship';
const filesSource = asksFile('{path}');
const frames = {
  file: {
    id: 'funding-file',
    group,
    title: 'Funding file',
    gaming: 'high',
    source: asksFile('.github/FUNDING.yml'),
    explanation:
      'Where the project asks for donations, as the host shows it. Donations are fine. A file for all repositories of an owner isn’t seen.',
  },
  manifest: {
    id: 'funding-manifest',
    group,
    title: 'Funding in package manifests',
    source: filesSource,
    gaming: 'high',
    explanation: 'What package managers show users who install it. Donations are fine.',
  },
  links: {
    id: 'sponsor-links',
    group,
    title: 'Sponsors in the readme',
    source: filesSource,
    gaming: 'high',
    explanation:
      'Links to places for donations, and lines that say who pays or maintains. A sponsor who only gives money decides nothing.',
  },
  pages: {
    id: 'sponsor-pages',
    group,
    title: 'Sponsors on the home page',
    gaming: 'high',
    source: 'The home page, and up to three pages that it links to',
    explanation: 'The same on the project’s own pages. What a page writes by script isn’t seen.',
  },
  owner: {
    id: 'company-owner',
    group,
    title: 'Company as owner',
    source: asks('owner'),
    gaming: 'medium',
    explanation:
      'Whether the account that owns the repository is an organisation, and names a company. People name their employers, and many organisations on hosts are no companies.',
  },
  copyright: {
    id: 'company-copyright',
    group,
    title: 'Companies that hold copyright',
    source: filesSource,
    gaming: 'medium',
    explanation:
      'Lines of copyright in licence, readme and sampled source files with a legal form such as Ltd or GmbH. Employers often hold the copyright of their people; who decides, they don’t say.',
  },
} as const satisfies Record<string, SignalFrame>;

type File = { readonly path: string; readonly text: string };

export function sponsorshipSignals(answers: Answers): readonly Signal[] {
  const texts = answers.texts;
  const byTexts = [frames.file, frames.manifest, frames.links, frames.copyright] as const;
  return [
    ...(texts.ok
      ? [
          fundingFileSignal(texts.value.files),
          manifests(texts.value.files),
          links(texts.value.files),
          copyrights(texts.value.files),
        ]
      : byTexts.map((frame) => unverified(frame, texts.reason))),
    pages(answers),
    owner(answers),
  ];
}

const list = (frame: SignalFrame, found: readonly string[], note: Signal['note'] = 'neutral'): Signal =>
  verified(
    frame,
    found.length === 0 ? 'none found' : found.length === 1 ? (found[0] ?? '') : `${found.length} found`,
    found.length === 0 ? 'neutral' : note,
    found,
  );

function fundingFileSignal(files: readonly File[]): Signal {
  const file = files.find(({ path }) => fundingFile.test(path));
  if (file === undefined) return verified(frames.file, 'there is none', 'neutral');
  const entries = fundingEntries(file.text);
  return entries === null
    ? unverified(frames.file, `${file.path} can’t be read`)
    : list({ ...frames.file, source: asksFile(clean(file.path)) }, entries);
}

/** `platform: name` each; null: no YAML, or no map. */
function fundingEntries(text: string): readonly string[] | null {
  let value: unknown;
  const document = composeOne(text);
  if (typeof document === 'string') return null;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return null;
  }
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  return Object.entries(value).flatMap(([platform, names]) =>
    (Array.isArray(names) ? names : [names])
      .filter((name): name is string | number => typeof name === 'string' || typeof name === 'number')
      .map((name) => `${platform}: ${name}`),
  );
}

function manifests(files: readonly File[]): Signal {
  const found = files
    .filter(({ path }) => manifestFile.test(path))
    .flatMap(({ path, text }) => fundingOf(path, text).map((address) => `${path}: ${address}`));
  return list(frames.manifest, found);
}

function fundingOf(path: string, text: string): readonly string[] {
  if (path.endsWith('.json')) {
    const funding = jsonOf(text)['funding'];
    return (Array.isArray(funding) ? funding : [funding]).slice(0, 20).flatMap((item: unknown) => {
      if (typeof item === 'string') return [item];
      const url = typeof item === 'object' && item !== null && 'url' in item ? item.url : undefined;
      return typeof url === 'string' ? [url] : [];
    });
  }
  const line =
    /^.{0,40}(?:funding|sponsor|donat)[\w"'\] -]{0,30}=>?[ \t]{0,8}["'](https?:[^"'\n]{1,300})["']/gim;
  return Array.from(text.matchAll(line), ([, url = '']) => url).slice(0, 20);
}

function links(files: readonly File[]): Signal {
  const file = files.find(({ path }) => readmeFile.test(path));
  if (file === undefined) return unverified(frames.links, 'there is no readme');
  const addresses = addressesIn(file.text).filter(leadsToSponsors);
  const quotes = sponsorQuotes(file.text).map(({ line, text }) => `${file.path}:${line}: “${text}”`);
  return list(frames.links, [...addresses, ...quotes], quotes.length > 0 ? 'look' : 'neutral');
}

function pages(answers: Answers): Signal {
  const answer = answers.pages;
  if (!answer.ok) return unverified(frames.pages, answer.reason);
  const { pages: all, failed } = answer.value;
  if (all.length === 0) {
    const [first] = failed;
    return unverified(
      frames.pages,
      first === undefined ? 'the application names no home page' : `${first.url}: ${first.reason}`,
    );
  }
  const addresses = new Set(all.flatMap((page) => page.links.map(({ url }) => url).filter(leadsToSponsors)));
  const quotes = all.flatMap(({ url, text }) =>
    sponsorQuotes(text).map((quote) => `${url}: “${quote.text}”`),
  );
  return list(frames.pages, [...addresses, ...quotes], quotes.length > 0 ? 'look' : 'neutral');
}

function owner(answers: Answers): Signal {
  const answer = answers.owner;
  if (!answer.ok) return unverified(frames.owner, answer.reason);
  const { login, isOrganisation, name, company, about, page } = answer.value;
  const legal = [name, company, about].some((text) => text !== null && hasLegalForm(text));
  const statements = [
    ['name', name],
    ['company', company],
    ['about', about],
    ['page', page],
  ].flatMap(([title, text]) => (text !== null && text !== '' ? [`${title}: ${text}`] : []));
  const names = isOrganisation ? legal : company !== null && company !== '';
  return verified(
    frames.owner,
    `${login} is ${isOrganisation ? 'an organisation' : 'a personal account'}${names ? ' that names a company' : ''}`,
    legal ? 'look' : 'neutral',
    statements,
  );
}

function copyrights(files: readonly File[]): Signal {
  const own = files.filter(
    ({ path }) =>
      !othersPlace.test(path) &&
      (isSource(path) || readmeFile.test(path) || (licenceFile.test(path) && !path.includes('/'))),
  );
  const found = own.flatMap(({ path, text }) => companiesIn(text).map((line) => `${path}: ${line}`));
  return list(frames.copyright, found, 'look');
}
