/**
 * Whether the file is an artifact of the run that attested it. The host is asked for all of them, and no id is taken from anybody:
 * whoever submits could leave it out.
 */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import { artifactsPerPage, type RunArtifact } from './answers.ts';
import type { Look } from './context.ts';

/** Why an artifact isn't the run's; `unsaid`: it doesn't say whose it is. */
type Standing = { readonly wrong: readonly string[]; readonly unsaid: boolean };

const asGitHubKeepsIt =
  'Submit the artifact as GitHub keeps it: its whole archive, or with `archive: false` the file. Fetched by its id it is just that.';

export function runArtifact(look: Look, judge: Judge): readonly Finding[] {
  if (!look.lines.runArtifact) return [];
  const asked: Asked = {
    rule: 'origin.run-artifact',
    whether: 'the file is an artifact of the run',
    path: ['requireRunArtifact'],
  };
  const answer = judge.told(asked, look.questions.artifacts(look.run.id));
  if (isFinding(answer)) return [answer];
  if ('unlisted' in answer.said) {
    const fix = `Upload at most ${artifactsPerPage} artifacts in a run; all attempts count together.`;
    return [judge.unknown(asked, answer.said.unlisted, fix)];
  }
  const { artifacts } = answer.said;
  const same = artifacts.filter(({ digest }) => digest === look.digest);
  return [same.length > 0 ? ofSame(look, judge, asked, same) : ofNone(look, judge, asked, artifacts)];
}

const expectedOf = ({ run, digest }: Look): string => `an artifact of run ${run.id} with ${digest}`;

/** Artifacts that have the file's digest: one that is the run's own is enough. */
function ofSame(look: Look, judge: Judge, asked: Asked, same: readonly RunArtifact[]): Finding {
  const expected = expectedOf(look);
  const standings = same.map((artifact) => standing(look, artifact));
  const own = same.find((_, index) => isOwn(standings[index]));
  if (own !== undefined) {
    const message = 'GitHub keeps the file as an artifact of the run that attested it.';
    return judge.held(asked, message, shown([own]), expected);
  }
  if (standings.some(({ wrong }) => wrong.length === 0)) {
    const problem = `the artifact ${named(same[0])} does not say which run, code and commit it is of`;
    return judge.unknown(asked, problem, 'Ask the foundation’s operators which version of GitHub answers.');
  }
  const found = standings
    .slice(0, shownMax)
    .map(({ wrong }, index) => `${named(same[index])}: ${wrong.join(', ')}`)
    .join('; ');
  const message = 'The artifact with the file’s digest is expired, or isn’t the attested build’s.';
  const fix =
    'Build again, submit what that run uploads, and have GitHub keep it until the release is out (`retention-days`).';
  return judge.refused(asked, message, found, expected, fix);
}

/** No artifact has the file's digest. One without a digest could be the file. */
function ofNone(look: Look, judge: Judge, asked: Asked, artifacts: readonly RunArtifact[]): Finding {
  const without = artifacts.filter(({ expired, digest }) => !expired && !isDigest(digest));
  if (without.length > 0) {
    const problem = `it has no SHA-256 of ${named(without[0])}`;
    const fix = 'Upload by version 4 or newer of actions/upload-artifact, build again, and submit that.';
    return judge.unknown(asked, problem, fix);
  }
  if (artifacts.length === 0) {
    const fix = 'Upload the file in the run that attests it, before it is submitted.';
    const message = 'GitHub keeps no artifact of the run.';
    return judge.refused(asked, message, 'no artifacts', expectedOf(look), fix);
  }
  const message = 'The file is none of the artifacts that GitHub keeps of the run.';
  return judge.refused(asked, message, shown(artifacts), expectedOf(look), asGitHubKeepsIt);
}

function standing({ policy, claims, run }: Look, { expired, workflow_run: of }: RunArtifact): Standing {
  const said: readonly (readonly [what: string, found: string | null, wanted: string])[] = [
    ['of run', text(of?.id), run.id],
    ['of repository', text(of?.repository_id), policy.repository.id],
    ['code of repository', text(of?.head_repository_id), policy.repository.id],
    ['of commit', text(of?.head_sha), claims.commit],
  ];
  const differs = said.filter(([, found, wanted]) => found !== null && found !== wanted);
  return {
    wrong: [...(expired ? ['expired'] : []), ...differs.map(([what, found]) => `${what} ${found ?? ''}`)],
    unsaid: said.some(([, found]) => found === null),
  };
}

const isOwn = (one: Standing | undefined): boolean => one?.wrong.length === 0 && !one.unsaid;
const text = (value: number | string | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
const isDigest = (digest: string | null | undefined): boolean => /^sha256:[0-9a-f]{64}$/.test(digest ?? '');

const shownMax = 4;
const nameCharactersMax = 40;

/** A stranger's name, which people read: letters, digits and a few signs, so that no page takes it for markup. */
const named = (artifact: RunArtifact | undefined): string =>
  (artifact?.name ?? '').slice(0, nameCharactersMax).replaceAll(/[^\p{L}\p{N}._+@ -]/gu, '?');

function shown(artifacts: readonly RunArtifact[]): string {
  const some = artifacts.slice(0, shownMax).map((artifact) => {
    const digest = isDigest(artifact.digest) ? (artifact.digest ?? '') : 'no SHA-256';
    return `${named(artifact)}: ${digest}${artifact.expired ? ' (expired)' : ''}`;
  });
  const left = artifacts.length - some.length;
  return [...some, ...(left > 0 ? [`${left} more`] : [])].join('; ');
}
