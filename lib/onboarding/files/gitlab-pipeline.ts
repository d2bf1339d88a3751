/** What projects on GitLab copy on the way to their first release: a CI configuration. Pure. */
import type { GitLabOrigin } from '#core/generated/index.ts';
import { hasWildcard } from '#core/glob/index.ts';
import type { ComponentJob } from './submit-step.ts';

/** Where the placeholder for a build stands, in what is copied and in what is looked at. */
export interface PipelineParts {
  readonly origin: GitLabOrigin;
  /** A name that a file to sign may have. */
  readonly file: string;
  /** Variables that the commands need, with a value each and what it is for. */
  readonly values: readonly {
    readonly variable: string;
    readonly value: string;
    readonly comment: string;
  }[];
  /** Shell commands that submit $FILE with its attestation in $BUNDLE; null: the job of a component does. */
  readonly submit: readonly string[] | null;
  /** The portal, where a job says to it by its identity token which pipeline it is of; null: an API token does. */
  readonly audience: string | null;
  /** What brings that job in. */
  readonly include: readonly string[];
  /** Stands there until somebody puts their build in its place. */
  readonly placeholder: string;
}

/** Names that the configuration gives its jobs and its attestation. */
const pipelineJob = 'release';
const submitJob = 'countersign';
export const pipelineBundle = 'attestation.sigstore.json';

/** GitLab's own description of what such a predicate says. */
const buildType = 'https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1';

/** A predicate of values that GitLab sets and that can't end a text of JSON. */
const predicate = JSON.stringify({
  buildDefinition: {
    buildType,
    externalParameters: { source: '%s', entryPoint: 'release', variables: {} },
    resolvedDependencies: [{ uri: '%s', digest: { gitCommit: '%s' } }],
  },
  runDetails: { builder: { id: '%s' }, metadata: { invocationId: '%s' } },
});

/**
 * A CI configuration that builds, attests and submits under a release policy. What builds attests, too: what another job made isn't
 * certified. What submits by an identity token is a job of its own: GitLab gives the token at a job's start, and it counts for five
 * minutes. The build is a placeholder that fails: the portal doesn't know how a project is built.
 */
export function releasePipeline(parts: PipelineParts): string {
  const { origin, file, values, submit, audience, include, placeholder } = parts;
  const submitsHere = submit !== null && audience === null;
  return [
    '# Builds, attests and submits to have it signed. The pipeline ends once the request is recorded: people approve it then.',
    ...include,
    `${pipelineJob}:`,
    `  # Any image will do that has your tools, cosign (2.4 or later)${submitsHere ? ', curl' : ''} and a shell. Name it by digest, so that it stays what it is.`,
    '  image: alpine:3.22',
    origin.runner === 'gitlab-hosted'
      ? '  # Without tags it runs on a runner of GitLab.com, as the policy asks: keep runners of your own from taking untagged jobs.'
      : '  # The policy asks for a runner of your own: name it by its tags.',
    ...whereAndWhen(origin),
    '  id_tokens:',
    '    SIGSTORE_ID_TOKEN: # by which Sigstore knows which job this is',
    '      aud: sigstore',
    '  variables:',
    `    FILE: ${file} # what your build makes and is to be signed`,
    `    BUNDLE: ${pipelineBundle}`,
    ...(submitsHere ? valueLines(values) : []),
    '  script:',
    `    - apk add --no-cache cosign${submitsHere ? ' curl' : ''}`,
    '    - |',
    `      echo "${placeholder}: it has to make $FILE"`,
    '      exit 1',
    '    - |',
    `      printf '${predicate}' \\`,
    '        "$CI_PROJECT_URL" "$CI_PROJECT_URL" "$CI_COMMIT_SHA" "$CI_SERVER_URL" "$CI_JOB_URL" > predicate.json',
    '      cosign attest-blob --yes --predicate predicate.json --type slsaprovenance1 --new-bundle-format --bundle "$BUNDLE" "$FILE"',
    ...(submitsHere ? submitLines(submit) : keptLines),
    ...(submit === null || audience === null ? [] : submitJobLines(parts, submit, audience)),
    '',
  ].join('\n');
}

/** Without tags, jobs run on runners that GitLab hosts; which tags runners of one's own have, the portal doesn't know. */
const tagsOf = ({ runner }: GitLabOrigin): readonly string[] =>
  runner === 'gitlab-hosted' ? [] : ['CHANGE-ME'];

/** Of the component's job, which the policy holds to the same as the one that builds. */
export const componentJobOf = (origin: GitLabOrigin): ComponentJob => ({
  from: pipelineJob,
  environment: origin.environment,
  tags: tagsOf(origin),
  conditions: conditions(origin),
});

/** Of each job: the policy holds the one that submits to the same. */
const whereAndWhen = (origin: GitLabOrigin): readonly string[] => [
  ...(tagsOf(origin).length === 0 ? [] : [`  tags: [${tagsOf(origin).join(', ')}]`]),
  ...(origin.environment === undefined ? [] : [`  environment: ${JSON.stringify(origin.environment)}`]),
  '  rules:',
  ...conditions(origin).map((one) => `    - if: ${JSON.stringify(one)}`),
];

const valueLines = (values: PipelineParts['values']): readonly string[] =>
  values.map(({ variable, value, comment }) => `    ${variable}: ${value} # ${comment}`);

/** The job that submits gets what this one made. */
const keptLines = ['  artifacts:', '    paths: [$FILE, $BUNDLE]'];

const commandLines = (submit: readonly string[]): readonly string[] => [
  '    - |',
  ...submit.map((line) => `      ${line}`),
];

const submitLines = (submit: readonly string[]): readonly string[] => [
  '    # COUNTERSIGN_TOKEN is a variable of the project: masked, hidden and protected.',
  ...commandLines(submit),
];

const submitJobLines = (
  { origin, file, values }: PipelineParts,
  submit: readonly string[],
  audience: string,
): readonly string[] => [
  '# A job of its own: its token counts for five minutes from its start.',
  `${submitJob}:`,
  '  stage: deploy',
  '  image: alpine:3.22',
  `  needs: [${pipelineJob}]`,
  ...whereAndWhen(origin),
  '  id_tokens:',
  '    COUNTERSIGN_TOKEN: # says to the portal which pipeline this is: no secret is stored anywhere',
  `      aud: ${audience}`,
  '  variables:',
  '    GIT_STRATEGY: none',
  `    FILE: ${file}`,
  `    BUNDLE: ${pipelineBundle}`,
  ...valueLines(values),
  '  script:',
  '    - apk add --no-cache curl',
  ...commandLines(submit),
];

/** When the job runs: as the policy allows, so that no pipeline builds what wouldn't be signed. */
function conditions({ refs, pipelineSources }: GitLabOrigin): readonly string[] {
  const started = `$CI_PIPELINE_SOURCE =~ /^(${pipelineSources.join('|')})$/`;
  const of = (variable: string, names: readonly string[] | undefined): readonly string[] =>
    (names ?? []).map(
      (name) => `${started} && ${variable} ${hasWildcard(name) ? `=~ ${asRegex(name)}` : `== "${name}"`}`,
    );
  return [...of('$CI_COMMIT_TAG', refs.tags), ...of('$CI_COMMIT_BRANCH', refs.branches)];
}

/** A pattern of names → an expression of GitLab's that matches the same: ** spans parts, * and ? stay in one. */
function asRegex(pattern: string): string {
  const steps = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
    if (part === '**/') return String.raw`(.*\/)?`;
    if (part === '**') return '.*';
    if (part === '*') return String.raw`[^\/]*`;
    if (part === '?') return String.raw`[^\/]`;
    return part.replaceAll(/[.+(){}|\\/\[\]^$*?]/g, String.raw`\$&`);
  });
  return `/^${steps.join('')}$/`;
}

/** What a CI configuration of the project lacks to submit here; judged by its text, so it is a hint, not a proof. */
export function lacksOfPipeline(
  text: string,
  { portal, placeholder }: { readonly portal: string; readonly placeholder: string },
): readonly string[] {
  const requirements: readonly (readonly [present: boolean, what: string])[] = [
    [/\bcosign\s+attest-blob\b/.test(text), 'a command that attests (cosign attest-blob)'],
    [/\baud:\s*["']?sigstore\b/.test(text), 'an id token for Sigstore (id_tokens with aud: sigstore)'],
    [text.includes(portal), `a command that submits to ${portal}`],
    [!text.includes(placeholder), 'your own build where the copied text has a placeholder'],
  ];
  return requirements.flatMap(([present, what]) => (present ? [] : [what]));
}
