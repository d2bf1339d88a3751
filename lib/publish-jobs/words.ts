/** What GitHub shows beside a job that waits: Markdown of at most 1,024 characters. Pure. */
import { requestMinutesMax } from './judge.ts';
import type { JobRequest, Verdict } from './judge.ts';

export const commentCharactersMax = 1_024;
const shownMax = 3;
const nameCharactersMax = 80;
const sentenceCharactersMax = 160;

/** Names and sentences that others chose, so that they stay text: no link, no mention, no line of its own. */
export function plain(text: string, charactersMax: number): string {
  const line = text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const cut = line.length > charactersMax ? `${line.slice(0, charactersMax - 1).toWellFormed()}…` : line;
  // GitHub calls people, and makes links of names that begin so, without any sign of Markdown.
  const quiet = cut.replaceAll(/@|\bwww(?=\.)/gi, '$&\u200B');
  return quiet.replaceAll(/[\\`*_{}[\]()<>#+!|~&:/]/g, '\\$&');
}

/** One sentence for the portal's own pages. */
export function reasonOf({ told, requests }: Verdict, environment: string): string {
  switch (told) {
    case 'not-named':
      return `No policy in force names the environment ${environment} of this repository.`;
    case 'none':
      return `Its run submitted nothing under a policy that names the environment within ${requestMinutesMax} minutes.`;
    case 'none-yet':
      return 'Its run has submitted nothing yet.';
    case 'refused':
      return requests.length === 1
        ? 'What its run submitted was not released.'
        : 'Files that its run submitted were not released.';
    case 'released':
      return 'What its run submitted is released.';
    case 'approval':
      return 'What its run submitted waits for approval.';
    default:
      return 'The signer is checking what its run submitted.';
  }
}

export function commentOf(
  verdict: Verdict,
  about: { readonly environment: string; readonly publicUrl: string },
): string {
  const { publicUrl } = about;
  const reason = plain(reasonOf(verdict, about.environment), 2 * sentenceCharactersMax);
  const shown = verdict.requests
    .slice(0, shownMax)
    .map((request) => `- ${lineOf(verdict, request, publicUrl)}`);
  const more = verdict.requests.length - shown.length;
  const lines = [
    reason,
    ...shown,
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(adviceOf(verdict, publicUrl) ?? []),
  ];
  const text = lines.join('\n');
  // Addresses of a very long host would be cut in the middle, and lead elsewhere.
  return text.length <= commentCharactersMax
    ? text
    : `${reason}\n${publicUrl}/requests`.slice(0, commentCharactersMax);
}

function lineOf(
  { state }: Verdict,
  { id, artifactName, summary, release }: JobRequest,
  publicUrl: string,
): string {
  const name = plain(artifactName, nameCharactersMax);
  const link = `[${name}](${publicUrl}/requests/${id})`;
  if (state === 'approved') return `${link}, SHA-256 \`${release?.sha256 ?? ''}\``;
  if (release?.isRevoked === true) return `${link}: its certificate was revoked`;
  return summary === null ? link : `${link}: ${plain(summary, sentenceCharactersMax)}`;
}

function adviceOf({ told }: Verdict, publicUrl: string): readonly string[] | null {
  switch (told) {
    case 'not-named':
      return [
        `Name it by \`publish\` in a signing policy of the project (${publicUrl}/projects), then run the job again.`,
      ];
    case 'none':
      return [
        'Submit in a job that this one `needs`, by the identity token of the same run, then run it again.',
      ];
    case 'released':
      return ['Compare the digest of what you publish: that this job started proves nothing.'];
    default:
      return null;
  }
}
