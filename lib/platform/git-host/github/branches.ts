/** Branches and the commits on them, through GitHub's Git database. */
import { isError } from '#core/error/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { FileChange, GitHost } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { branchItem, gitCommit, gitObject, reference } from './wire.ts';

const changesMax = 1000;
const changeCharactersMax = 4 * 1024 * 1024;

type Branches = Pick<GitHost, 'branchHead' | 'branches' | 'createBranch' | 'addCommit'>;

export function createBranches(ask: Ask): Branches {
  const commitOnto = async (parent: CommitSha, message: string, changes: readonly FileChange[]) => {
    refuseUnfit(changes);
    const base = await ask.read(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      { commit_sha: parent },
      gitCommit,
    );
    const made = (tree: string) => ({ message, tree, parents: [parent] });
    const write = (tree: string) =>
      ask.write('POST /repos/{owner}/{repo}/git/commits', made(tree), gitCommit);
    // GitHub creates no tree without entries; a commit that changes only the date has its parent's.
    if (changes.length === 0) return write(base.tree);
    const tree = await ask.write(
      'POST /repos/{owner}/{repo}/git/trees',
      {
        base_tree: base.tree,
        tree: changes.map(({ path, content }) => ({
          path,
          mode: '100644',
          type: 'blob',
          ...(content === null ? { sha: null } : { content }),
        })),
      },
      gitObject,
    );
    return write(tree.sha);
  };
  const branchHead = async (branch: string): Promise<CommitSha | null> => {
    try {
      const asked = { ref: `heads/${branch}` };
      const found = await ask.read('GET /repos/{owner}/{repo}/git/ref/{ref}', asked, reference);
      return found.ref === `refs/heads/${branch}` ? found.commit : null;
    } catch (error) {
      if (isError(error, GitHostError) && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };
  /** Whether a commit is what we were about to make: same parent, same files. */
  const isSame = async (commit: CommitSha, tree: CommitSha, parent: CommitSha): Promise<boolean> => {
    const there = await ask.read(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      { commit_sha: commit },
      gitCommit,
    );
    return there.tree === tree && there.parents.length === 1 && there.parents[0] === parent;
  };

  return {
    branchHead,
    async branches() {
      const all = await ask.list('GET /repos/{owner}/{repo}/branches', {}, branchItem);
      return [...all].sort((a, b) => (a.branch < b.branch ? -1 : 1));
    },
    async createBranch({ branch, base, message, changes }) {
      const { commit, tree } = await commitOnto(base, message, changes);
      const made = { ref: `refs/heads/${branch}`, sha: commit };
      try {
        return (await ask.write('POST /repos/{owner}/{repo}/git/refs', made, reference)).commit;
      } catch (error) {
        // It may exist because an earlier attempt succeeded and only its answer was lost.
        const head = await branchHead(branch);
        if (head === null) throw error;
        if (head === commit || (await isSame(head, tree, base))) return head;
        throw new GitHostError('CONFLICT', `branch ${branch} exists and stands at ${head}`, { cause: error });
      }
    },
    async addCommit({ branch, expectedHead, message, changes }) {
      const before = await branchHead(branch);
      const { commit, tree } = await commitOnto(expectedHead, message, changes);
      if (before !== expectedHead) {
        if (before !== null && (await isSame(before, tree, expectedHead))) return before;
        throw moved(branch, before, expectedHead);
      }
      try {
        const asked = { ref: `heads/${branch}`, sha: commit, force: false };
        return (await ask.write('PATCH /repos/{owner}/{repo}/git/refs/{ref}', asked, reference)).commit;
      } catch (error) {
        const head = await branchHead(branch);
        if (head === commit) return head;
        if (head !== expectedHead) throw moved(branch, head, expectedHead, error);
        throw error;
      }
    },
  };
}

const moved = (branch: string, head: string | null, expected: string, cause?: unknown): GitHostError =>
  new GitHostError('CONFLICT', `branch ${branch} stands at ${head ?? 'nothing'}, not at ${expected}`, {
    cause,
  });

/** What git or GitHub would refuse, or take for something else than one file of text. */
function refuseUnfit(changes: readonly FileChange[]): void {
  const refuse = (why: string): never => {
    throw new GitHostError('INVALID', why);
  };
  if (changes.length > changesMax) refuse(`${changes.length} changed files; at most ${changesMax}`);
  const paths = new Set<string>();
  let characters = 0;
  for (const { path, content } of changes) {
    const steps = path.split('/');
    const unsafe = steps.some((step) => ['', '.', '..'].includes(step) || step.toLowerCase() === '.git');
    if (unsafe || path.length > 1024 || /[\0-\x1f\\]/.test(path)) {
      refuse(`no path of a file: ${JSON.stringify(path.slice(0, 200))}`);
    }
    if (paths.has(path)) refuse(`${path} is changed twice`);
    paths.add(path);
    if (content?.isWellFormed() === false) refuse(`${path} isn't well-formed Unicode`);
    characters += content?.length ?? 0;
  }
  if (characters > changeCharactersMax) {
    refuse(`${characters} characters in one commit; at most ${changeCharactersMax}`);
  }
}
