/** Files and differences at given commits. */
import { isError } from '#core/error/index.ts';
import { GitHostError } from '../error.ts';
import type { GitHost } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { comparison, contents } from './wire.ts';

/** GitHub lists at most 300 files of a comparison and doesn't indicate that there are more. */
const comparedFilesMax = 300;

export function createContents(ask: Ask): Pick<GitHost, 'readFile' | 'compare'> {
  return {
    async readFile({ commit, path }) {
      const route = 'GET /repos/{owner}/{repo}/contents/{path}';
      try {
        const found = await ask.read(route, { path, ref: commit }, contents, { kept: false });
        if (found.type !== 'file') {
          throw new GitHostError('INVALID', `${path} at ${commit} is a ${found.type}, not a file`);
        }
        const bytes = Buffer.from(found.content, 'base64');
        // Above 1 MiB GitHub leaves the content out.
        if (found.encoding !== 'base64' || bytes.byteLength !== found.size) {
          const message = `${path} at ${commit}: ${bytes.byteLength} of ${found.size} bytes came`;
          throw new GitHostError('PARTIAL', message);
        }
        return new Uint8Array(bytes);
      } catch (error) {
        if (isError(error, GitHostError) && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },
    async compare({ base, head }) {
      const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
      const found = await ask.read(route, { basehead: `${base}...${head}` }, comparison);
      if (found.files.length >= comparedFilesMax) {
        const message = `${base}...${head}: GitHub lists ${found.files.length} files and may have cut off more`;
        throw new GitHostError('PARTIAL', message);
      }
      return {
        status: found.status,
        mergeBase: found.merge_base_commit.sha,
        aheadBy: found.ahead_by,
        behindBy: found.behind_by,
        files: found.files,
      };
    },
  };
}
