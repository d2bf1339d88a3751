/** What a repository says of itself, offered as answers. All of it is for the applicant to check. */
import { isError } from '#core/error/index.ts';
import type { Answers } from './questions/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import type { CodeHost, HostedRepository } from '../platform/code-host/index.ts';

const taglineCharactersMax = 140;
const readmeCharactersMax = 200_000;

/** Best effort: what can't be read is left for the applicant to type. */
export async function suggestAnswers(host: CodeHost, repository: HostedRepository): Promise<Answers> {
  const readme = await orNull(() => host.readFile(repository, 'README.md'));
  const workflows = (await orNull(() => host.workflows(repository))) ?? [];
  const tags = await orNull(() => host.releasedTags(repository));
  const links = linksOf(readme ?? '');
  const privacy = links.find((link) => /privacy/i.test(link.text))?.address;
  const workflow = releaseWorkflow(workflows);
  const description = visible(repository.description ?? '');
  const homepage = repository.homepage?.trim() ?? '';
  return {
    name: compact({
      name: titleOf(readme ?? '') ?? repository.name,
      tagline: description.slice(0, taglineCharactersMax),
    }),
    description: compact({ description: paragraphOf(readme ?? '') ?? description }),
    pages: compact({
      homepage: isHttps(homepage) ? homepage : repository.uri,
      download: `${repository.uri}/releases`,
    }),
    licence: compact({ licence: repository.licence ?? '' }),
    privacy: compact({ policy: privacy ?? '' }),
    build: compact({
      workflow: workflow ?? '',
      tags: tagSuggestion(tags ?? []),
    }),
  };
}

/** What the last releases have in common, up to the version: v1.2.3 and v1.2.2 → v*. Empty: nothing to go by. */
function tagSuggestion(tags: readonly string[]): string {
  const starts = new Set(
    tags.map((tag) => /^[A-Za-z][A-Za-z._-]{0,30}(?=\d)|^(?=\d)/.exec(tag)?.[0] ?? null),
  );
  const [start = null] = starts;
  return starts.size === 1 && start !== null && start !== '' ? `${start}*` : '';
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isError(error, CodeHostError)) return null;
    throw error;
  }
}

const compact = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''));

const isHttps = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === 'https:';
const visible = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();

/** `[text](address)`: every part bounded, so that no README takes longer than its length. */
function linksOf(readme: string): readonly { readonly text: string; readonly address: string }[] {
  const link = /\[([^[\]\n]{1,200})\]\((https:\/\/[^()\s<>"]{1,300})\)/g;
  return Array.from(readme.slice(0, readmeCharactersMax).matchAll(link), ([, text = '', address = '']) => ({
    text,
    address,
  }));
}

function titleOf(readme: string): string | null {
  const title = /^#[ \t]{1,4}([^\n]{1,120})$/m.exec(readme.slice(0, 4_000))?.[1];
  const plain = visible((title ?? '').replaceAll(/[[\]`*_#<>]/g, ''));
  return plain === '' || plain.length > 64 ? null : plain;
}

/** The first paragraph of prose. */
function paragraphOf(readme: string): string | null {
  for (const block of readme.slice(0, 8_000).split(/\n\s{0,20}\n/)) {
    const text = visible(block);
    if (/^[#[!<|>`-]/.test(text) || text.length < 40) continue;
    return text
      .replaceAll(/\[([^[\]]{1,200})\]\([^()\s]{1,300}\)/g, '$1')
      .replaceAll(/[`*_]/g, '')
      .slice(0, 1_000);
  }
  return null;
}

function releaseWorkflow(paths: readonly string[]): string | null {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const files = paths.filter((path) => /^[A-Za-z0-9._-]{1,100}[.]ya?ml$/.test(nameOf(path)));
  return files.find((path) => /release|publish|build/i.test(nameOf(path))) ?? files[0] ?? null;
}
