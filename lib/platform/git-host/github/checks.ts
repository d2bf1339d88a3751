/** Check runs. GitHub takes annotations in batches of 50 and only ever adds them, so each is sent exactly once. */
import type { CheckAnnotation, CheckResult, CheckRun, GitHost } from '../git-host.ts';
import { GitHostError } from '../error.ts';
import type { Ask } from './ask.ts';
import { isUncertain } from './comments.ts';
import { checkRun } from './wire.ts';

const batchSize = 50;
const annotationsMax = 1000;
const uncertainMax = 3;
const summaryCharactersMax = 65_000;
const titleCharactersMax = 250;
const messageCharactersMax = 16_000;

const routes = {
  make: 'POST /repos/{owner}/{repo}/check-runs',
  change: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
  read: 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}',
  list: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
} as const;

export function createChecks(ask: Ask, appId: number): Pick<GitHost, 'publishCheck' | 'checks'> {
  const listOurs = async (commit: string): Promise<readonly CheckRun[]> => {
    const asked = { ref: commit, app_id: appId, filter: 'all' };
    const runs = await ask.list(routes.list, asked, checkRun, { within: 'check_runs' });
    return [...runs].sort((a, b) => Number(a.id) - Number(b.id));
  };

  return {
    checks: listOurs,
    /**
     * What GitHub already has decides what is sent next: its count of annotations is where to go on. So a publisher that
     * was cut off, in the middle or after the last batch, finishes the same run.
     */
    async publishCheck(result) {
      const annotations = result.annotations.slice(0, annotationsMax);
      const find = async (): Promise<CheckRun | undefined> =>
        (await listOurs(result.commit)).findLast(
          ({ name, externalId }) => name === result.name && externalId === result.externalId,
        );
      let run = await find();
      let uncertain = 0;
      while (run === undefined || run.conclusion === null) {
        try {
          const sent: number = run?.annotationsCount ?? 0;
          const body = batch(result, annotations, sent);
          run =
            run === undefined
              ? await ask.write(routes.make, { head_sha: result.commit, ...body }, checkRun, { once: true })
              : await ask.write(routes.change, { check_run_id: run.id, ...body }, checkRun, { once: true });
          if (run.conclusion === null && run.annotationsCount <= sent) {
            throw new GitHostError('PARTIAL', `check run ${run.id}: annotations weren't added`);
          }
        } catch (error) {
          uncertain += 1;
          if (uncertain >= uncertainMax || !isUncertain(error)) throw error;
          run =
            run === undefined
              ? await find()
              : await ask.read(routes.read, { check_run_id: run.id }, checkRun);
        }
      }
      return run;
    },
  };
}

/** The next request: one batch, and the conclusion with the last. */
function batch(result: CheckResult, annotations: readonly CheckAnnotation[], sent: number): object {
  const last = sent + batchSize >= annotations.length;
  const left = result.annotations.length - annotations.length;
  const note = left === 0 ? '' : `\n\n${left} more findings aren’t shown here.`;
  return {
    name: result.name,
    external_id: result.externalId,
    ...(last ? { status: 'completed', conclusion: result.conclusion } : { status: 'in_progress' }),
    output: {
      title: clip(result.title, titleCharactersMax),
      summary: `${clip(result.summary, summaryCharactersMax)}${note}`,
      annotations: annotations.slice(sent, sent + batchSize).map(toWire),
    },
  };
}

function toWire(annotation: CheckAnnotation): object {
  const oneLine = annotation.startLine === annotation.endLine;
  const { startColumn, endColumn } = annotation;
  return {
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    // GitHub refuses columns on more than one line.
    ...(oneLine && startColumn !== undefined ? { start_column: startColumn } : {}),
    ...(oneLine && endColumn !== undefined ? { end_column: endColumn } : {}),
    annotation_level: annotation.level,
    title: clip(annotation.title, titleCharactersMax),
    message: clip(annotation.message, messageCharactersMax),
  };
}

const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
