/** What somebody typed, checked before anything is sent to the Git host. */
import { createHash } from 'node:crypto';
import { fileSizeBytesMax, parseRepositoryPath } from '#core/policy/index.ts';
import { proposedBy } from '#core/policy/acceptance/index.ts';
import type { Account, FileChange } from '../platform/git-host/index.ts';
import { formatCount } from '#core/text/typed/index.ts';
import { atField, FieldReader } from '../platform/http/index.ts';
import { PolicyChangesError } from './error.ts';

const hidden = /[\p{Cf}\u2028\u2029\r\n]/u;
/** In characters. The form says it beforehand. */
export const proposalLimits = { title: 120, description: 10_000 } as const;
const filesMax = 50;

export interface ProposalText {
  readonly title: string;
  readonly description: string;
}

/** Rejects with CHANGE_INVALID, with all that is wrong and the field it is wrong with. */
export function parseProposalText(input: ProposalText): ProposalText {
  const reader = new FieldReader();
  const title = reader.text('title', input.title, {
    label: 'What changes, in one line',
    charactersMax: proposalLimits.title,
    missing: 'say it',
  });
  if (hidden.test(input.title.trim())) {
    const message = 'What changes, in one line: it has several lines, or characters that can’t be seen.';
    reader.refuse('title', 'CHARACTER_INVALID', message);
  }
  const description = reader.text('description', input.description, {
    label: 'Why',
    lines: true,
    optional: true,
    charactersMax: proposalLimits.description,
  });
  const [problem] = reader.problems;
  if (problem === undefined) return { title, description };
  throw new PolicyChangesError({
    code: 'CHANGE_INVALID',
    message: problem.message,
    fields: reader.problems,
    fix: 'Correct it and send it again.',
  });
}

/** A file's text as somebody sent it → as it is committed: browsers send lines with CR LF, the repository keeps LF, also at the end. */
export function asCommitted(content: string): string {
  const text = content.replaceAll('\r\n', '\n');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Paths of policy files only: a proposal from here can't touch what surrounds the policies, such as workflows. */
export function parseFileChanges(changes: readonly FileChange[]): readonly FileChange[] {
  if (changes.length === 0) throw invalid('Nothing is changed.', 'Change something first.');
  if (changes.length > filesMax) {
    throw invalid(`${changes.length} files in one change.`, `Propose at most ${filesMax} files at once.`);
  }
  return changes.map(({ path, content }) => {
    const place = parseRepositoryPath(path);
    if (!place.ok || place.path === null) {
      throw invalid(
        `${JSON.stringify(path.slice(0, 200))} is no policy file.`,
        place.ok ? 'Change files around the policies with git.' : place.fix,
      );
    }
    if (content === null) return { path, content };
    const text = asCommitted(content);
    const bytes = Buffer.byteLength(text);
    if (bytes > fileSizeBytesMax) {
      const most = formatCount(fileSizeBytesMax);
      throw new PolicyChangesError(
        atField('content', {
          code: 'CHANGE_INVALID',
          message: `${path}: ${formatCount(bytes)} bytes; at most ${most}.`,
          fix: 'Make the file smaller, then send it again.',
        }),
      );
    }
    return { path, content: text };
  });
}

/**
 * The portal's own branches, in names without folders: a branch that somebody calls `change`, or `change/alex`, would keep
 * git from making any below it.
 */
export const ownBranches = 'change-';

/** The same proposal gets the same branch: sent twice, it is made once. */
export function branchOf(input: {
  readonly handle: string;
  readonly base: string;
  readonly text: ProposalText;
  readonly changes: readonly FileChange[];
}): string {
  const words = input.text.title
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  const mark = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8);
  return `${ownBranches}${input.handle}-${words === '' ? 'change' : words}-${mark}`;
}

/** The last line tells the signer for whom it is made: on a host of others, the portal's app is the author of all. */
export function commitMessage({ title, description }: ProposalText, account: Account): string {
  const text = description === '' ? title : `${title}\n\n${description}`;
  return `${text}\n\n${proposedBy(account)}\n`;
}

export function invalid(message: string, fix: string): PolicyChangesError {
  return new PolicyChangesError({ code: 'CHANGE_INVALID', message, fix });
}
