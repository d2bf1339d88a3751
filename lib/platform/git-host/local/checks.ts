/** Results of checks on commits, as rows of the portal; a result is stored completely or not at all. */
import { z } from 'zod';
import { isUniqueViolation } from '../../db/index.ts';
import type { CheckRun as Row } from '../../db/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { CheckRun, GitHost } from '../git-host.ts';
import type { LocalGitHostOptions } from './options.ts';

const annotationsMax = 1000;
const runsMax = 500;
const annotationsSchema = z.array(z.unknown());

export function localChecks({ db, now }: LocalGitHostOptions): Pick<GitHost, 'publishCheck' | 'checks'> {
  return {
    async publishCheck(result) {
      if (result.annotations.length > annotationsMax) {
        throw new GitHostError('INVALID', `over ${annotationsMax} annotations in one check`);
      }
      const { commit, name, externalId } = result;
      const where = { commit_name_externalId: { commit, name, externalId } };
      const known = await db.checkRun.findUnique({ where });
      if (known !== null) return checkOf(known);
      const data = {
        commit,
        name,
        externalId,
        conclusion: result.conclusion,
        title: result.title,
        summary: result.summary,
        annotations: result.annotations.map((annotation) => ({ ...annotation })),
        createdAt: now(),
      };
      const row = await db.checkRun.create({ data }).catch((error: unknown) => {
        // A concurrent call stored the same result.
        if (isUniqueViolation(error)) return db.checkRun.findUniqueOrThrow({ where });
        throw error;
      });
      return checkOf(row);
    },

    async checks(commit) {
      const rows = await db.checkRun.findMany({
        where: { commit },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: runsMax + 1,
      });
      if (rows.length > runsMax) throw new GitHostError('PARTIAL', `over ${runsMax} checks on one commit`);
      return rows.map(checkOf);
    },
  };
}

function checkOf(row: Row): CheckRun {
  return {
    id: row.id,
    name: row.name,
    externalId: row.externalId,
    commit: parseCommitSha(row.commit),
    url: null,
    conclusion: row.conclusion,
    annotationsCount: annotationsSchema.parse(row.annotations).length,
  };
}
