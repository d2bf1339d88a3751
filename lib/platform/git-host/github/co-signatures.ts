/** Signatures beside commits, in git's notes, through GitHub's Git database. */
import { isError } from '#core/error/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { notePaths, notesRef, withSignature } from '../co-signature-notes.ts';
import { GitHostError } from '../error.ts';
import type { GitHost } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { gitCommit, gitObject, reference } from './wire.ts';

const triesMax = 5;
/** As the paths of GitHub's routes name it. */
const shortRef = notesRef.replace(/^refs\//, '');

export function createCoSignatures(
  ask: Ask,
  { readFile }: Pick<GitHost, 'readFile'>,
): Pick<GitHost, 'coSignatures' | 'addCoSignature'> {
  const notesHead = async (): Promise<CommitSha | null> => {
    try {
      const asked = { ref: shortRef };
      const found = await ask.read('GET /repos/{owner}/{repo}/git/ref/{ref}', asked, reference);
      return found.ref === notesRef ? found.commit : null;
    } catch (error) {
      if (isError(error, GitHostError) && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };
  const find = async (commit: CommitSha) => {
    const notes = await notesHead();
    if (notes !== null) {
      for (const path of notePaths(commit)) {
        const bytes = await readFile({ commit: notes, path });
        if (bytes !== null) return { notes, path, text: new TextDecoder('utf-8').decode(bytes) };
      }
    }
    return { notes, path: commit as string, text: null };
  };
  const write = async (parent: CommitSha | null, path: string, content: string): Promise<CommitSha> => {
    const base =
      parent === null
        ? {}
        : {
            base_tree: (
              await ask.read(
                'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
                { commit_sha: parent },
                gitCommit,
              )
            ).tree,
          };
    const entry = { path, mode: '100644', type: 'blob', content };
    const tree = await ask.write(
      'POST /repos/{owner}/{repo}/git/trees',
      { ...base, tree: [entry] },
      gitObject,
    );
    const made = {
      message: 'A signature of a policy maintainer',
      tree: tree.sha,
      parents: parent === null ? [] : [parent],
    };
    return (await ask.write('POST /repos/{owner}/{repo}/git/commits', made, gitCommit)).commit;
  };

  return {
    coSignatures: async (commit) => (await find(commit)).text,
    async addCoSignature({ commit, signature }) {
      for (let tries = 1; ; tries += 1) {
        const { notes, path, text } = await find(commit);
        const next = withSignature(text, signature);
        if (next === null) return;
        const sha = await write(notes, path, next);
        try {
          if (notes === null) {
            await ask.write('POST /repos/{owner}/{repo}/git/refs', { ref: notesRef, sha }, reference);
          } else {
            // Without force GitHub only fast-forwards it: a concurrent signature is not overwritten.
            const asked = { ref: shortRef, sha, force: false };
            await ask.write('PATCH /repos/{owner}/{repo}/git/refs/{ref}', asked, reference);
          }
          return;
        } catch (error) {
          const moved = isError(error, GitHostError) && ['INVALID', 'CONFLICT'].includes(error.code);
          // A lost answer may have been a success: the next read tells.
          const unclear = isError(error, GitHostError) && ['UNAVAILABLE', 'PARTIAL'].includes(error.code);
          if ((!moved && !unclear) || tries >= triesMax) throw error;
        }
      }
    },
  };
}
