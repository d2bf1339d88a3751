/** What of others' came into the build by its CI configuration: files that are included by a name which can be moved. */
import type { Finding } from '../../../wire/finding/index.ts';
import { answerTo, type HostQuestion } from '../../host.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import type { Configuration } from './configuration-file.ts';
import type { Look } from './context.ts';

const asked: Asked = {
  rule: 'origin.pipeline-includes',
  whether: 'what the CI configuration includes is pinned',
  path: ['includes'],
};
const expected = 'every include by a full commit or an integrity, or a file of the project itself';

/** The configuration, and files of the project that it includes, as far as they are known: each path once. */
function filesOf({
  policy,
  answers,
  questions,
  claims,
}: Look): ReadonlyMap<string, HostQuestion<Configuration>> {
  const files = new Map<string, HostQuestion<Configuration>>();
  // Grows while it is walked: by what was answered alone, of which there is no more than a look takes.
  const paths = new Set([policy.configuration]);
  for (const path of paths) {
    const question = questions.configurationFile(path, claims.commit);
    files.set(path, question);
    const answer = answerTo(answers, question);
    if (answer?.kind !== 'told' || 'unreadable' in answer.said) continue;
    for (const local of answer.said.local) paths.add(local);
  }
  return files;
}

export const filesToRead = (look: Look): readonly HostQuestion[] =>
  look.lines.includesPinned ? [...filesOf(look).values()] : [];

export function includes(look: Look, judge: Judge): readonly Finding[] {
  if (!look.lines.includesPinned) return [];
  const found: string[] = [];
  const untold: Finding[] = [];
  const files = filesOf(look);
  for (const [path, question] of files) {
    const answer = judge.told(asked, question);
    if (isFinding(answer)) {
      untold.push(answer);
      continue;
    }
    const { said } = answer;
    // What GitLab has told isn't unknown, and whoever writes the file could make it so.
    found.push(
      ...('unreadable' in said ? [said.unreadable] : said.unpinned).map((what) => `${path}: ${what}`),
    );
  }
  if (found.length > 0) {
    const message =
      'The CI configuration includes what can become something else, or can’t be read with certainty.';
    const fix =
      'Include components and other projects’ files by a full commit, files of the web with an integrity, files of the project by their plain paths; and write no inputs into the configuration.';
    return [judge.refused(asked, message, found.join('; ').slice(0, 500), expected, fix)];
  }
  const [first] = untold;
  if (first !== undefined) return [first];
  const message = 'Whatever the CI configuration includes stays what it is.';
  return [judge.held(asked, message, [...files.keys()].join(', ').slice(0, 500), expected)];
}
