/** What a project's maintainers copy on the way to their first release: a workflow, and commands for a terminal. Pure. */
import { compileAsWritten, openParameters, signaturesOf } from '#core/artifact/index.ts';
import type { OpenParameter } from '#core/artifact/index.ts';
import type {
  ArtifactConfiguration,
  GitHubOrigin,
  GitLabOrigin,
  Origin,
  SigningPolicy,
} from '#core/generated/index.ts';
import type { OutsideCheck } from '#core/formats/outside-check.ts';
import { formats } from '#core/formats/registry.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { buildFileOf, providerOf, type ProviderName } from '#core/origin/index.ts';
import { takesBuilds } from '#core/wire/submitter/index.ts';
import { lacksOfPipeline, releasePipeline } from './gitlab-pipeline.ts';
import { identityTokenLines, renewal } from './identity-token-lines.ts';

/** Stands in the copied workflow until somebody puts their build there. */
const buildPlaceholder = 'Put your own build here';

/** Pinned by commit; what the tag stood at when this was written. Newer releases of both do as well. */
const checkout = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const attest = 'actions/attest-build-provenance@977bb373ede98d70efdf65b84cb5f73e068dcc2a # v3.0.0';

export interface GuidePlace {
  /** Address of the portal, without a final slash. */
  readonly portal: string;
  readonly project: ProjectSlug;
}

/** What requests under a policy consist of, by its artifact configuration. */
export interface Submission {
  /** A name that such a file may have. */
  readonly file: string;
  readonly parameters: readonly OpenParameter[];
  /** The command that checks what is signed, by a file with the root certificate, with another program than this one. */
  readonly check: (root: string) => string;
}

export function submissionUnder(configuration: ArtifactConfiguration): Submission {
  const { type } = configuration.root;
  const file = `CHANGE-ME.${endings[type] ?? type}`;
  const [first] = compileAsWritten(configuration).elements.flatMap(signaturesOf);
  const method = first?.sign['method'];
  return {
    file,
    parameters: openParameters(configuration),
    check: (typeof method === 'string' ? checks[method] : undefined) ?? checkPrograms,
  };
}

const checkedBy =
  (outside: OutsideCheck | undefined): Submission['check'] =>
  (root) =>
    outside?.command({ file: '"$FILE"', signature: '"$FILE.p7s"', root, timestampRoot: root }) ?? '';

export const checkPrograms: Submission['check'] = checkedBy(formats.pe.outside[0]);

/** By the method of the first signature. */
const checks: Readonly<Partial<Record<string, Submission['check']>>> = {
  jar: checkedBy(formats.jar.outside[0]),
  nuget: checkedBy(formats.nuget.outside[0]),
  cms: checkedBy(formats.file.outside[0]),
};

/** Of types that aren't called by their ending. */
const endings: Readonly<Partial<Record<ArtifactConfiguration['root']['type'], string>>> = {
  pe: 'exe',
  file: 'bin',
  catalog: 'cat',
  powershell: 'ps1',
  'windows-script': 'wsf',
  nuget: 'nupkg',
};

/** The shell's variable with a parameter's value. */
const variableOf = ({ name }: OpenParameter): string =>
  `PARAMETER_${name.replaceAll('-', '_').toUpperCase()}`;

/** What stands for a value until somebody knows better. */
const exampleOf = (parameter: OpenParameter): string => parameter.default ?? 'CHANGE-ME';

export interface SubmitOptions extends Pick<Submission, 'parameters'> {
  readonly withBundle: boolean;
  /** Lines before each call that get it a token of its own; left out: one that is there serves both. */
  readonly before?: readonly string[];
}

/**
 * Uploads $FILE and asks for its signature; with $BUNDLE, its attestation, where `withBundle`, and $PARAMETER_… for each
 * parameter. POSIX shell, curl 7.76.
 */
export function submitCommands(
  place: GuidePlace,
  policy: string,
  { withBundle, parameters, before = [] }: SubmitOptions,
): string {
  const { portal, project } = place;
  const call = `curl --fail-with-body --silent --show-error --header "Authorization: Bearer $COUNTERSIGN_TOKEN"`;
  // Nothing that a value may contain ends a text of JSON.
  const given = parameters.map(({ name }) => `"${name}":"%s"`).join(',');
  const start = `{"project":"${project}","policy":"${policy}","artifact":{"sha256":"%s","name":"%s"}${given === '' ? '' : `,"parameters":{${given}}`}`;
  const values = [
    '"$SHA256"',
    '"$(basename "$FILE")"',
    ...parameters.map((one) => `"$${variableOf(one)}"`),
  ].join(' ');
  return [
    `SHA256=$(sha256sum "$FILE" | cut -d ' ' -f 1)`,
    ...before,
    `${call} \\`,
    `  --header 'Content-Type: application/octet-stream' \\`,
    `  --upload-file "$FILE" ${portal}/api/v1/artifacts/$SHA256`,
    ...before,
    ...(withBundle
      ? [`{ printf '${start},"bundle":' ${values}; cat "$BUNDLE"; printf '}'; } | \\`]
      : [`printf '${start}}' ${values} | \\`]),
    `  ${call} \\`,
    `  --header 'Content-Type: application/json' --data-binary @- ${portal}/api/v1/requests`,
  ].join('\n');
}

/**
 * A GitHub Actions workflow that builds, attests and submits under a release policy. Its build step is a placeholder that
 * fails: the portal doesn't know how a project is built.
 */
export function releaseWorkflow(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): string {
  const { origin } = policy;
  const list = (key: string, names: readonly string[] | undefined): readonly string[] =>
    names === undefined ? [] : [`    ${key}: [${names.map((name) => JSON.stringify(name)).join(', ')}]`];
  const pushed = [...list('branches', origin?.refs.branches), ...list('tags', origin?.refs.tags)];
  const builds = takesBuilds(policy);
  const asked = { ...submission, withBundle: true, ...(builds ? { before: [renewal] } : {}) };
  const commands = [
    ...(builds ? identityTokenLines(place.portal) : []),
    ...submitCommands(place, policySlug, asked).split('\n'),
  ];
  return [
    '# Builds, attests and submits to have it signed. The workflow ends once the request is recorded: people approve it then.',
    'name: Release',
    'on:',
    '  push:',
    ...pushed,
    'permissions: {}',
    'jobs:',
    '  release:',
    '    # A runner of GitHub’s own, as the policy asks. Take windows-latest if you build there.',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read # to fetch the source',
    '      id-token: write # to prove which workflow this is',
    '      attestations: write # to keep the attestation with the repository',
    '    env:',
    `      FILE: ${submission.file} # what your build makes and is to be signed`,
    ...submission.parameters.map(workflowValue),
    '    steps:',
    `      - uses: ${checkout}`,
    '        with:',
    '          persist-credentials: false',
    '      - name: Build',
    '        run: |',
    `          echo "${buildPlaceholder}: it has to make $FILE"`,
    '          exit 1',
    '      - id: attest',
    `        uses: ${attest}`,
    '        with:',
    '          subject-path: ${{ env.FILE }}',
    '      - name: Submit',
    '        shell: bash',
    '        env:',
    '          BUNDLE: ${{ steps.attest.outputs.bundle-path }}',
    ...(builds ? [] : ['          COUNTERSIGN_TOKEN: ${{ secrets.COUNTERSIGN_TOKEN }}']),
    '        run: |',
    ...commands.map((line) => `          ${line}`),
    '',
  ].join('\n');
}

/** A version is what the pushed tag is called; of others nobody knows. The tag is a value, never text of a command. */
function valueOf(parameter: OpenParameter, refName: string) {
  const value = parameter.name === 'version' ? refName : JSON.stringify(exampleOf(parameter));
  const like = parameter.pattern === null || parameter.pattern === '*' ? '' : `, like ${parameter.pattern}`;
  return {
    variable: variableOf(parameter),
    value,
    comment: `${parameter.name}, which the policy asks for${like}`,
  };
}

function workflowValue(parameter: OpenParameter): string {
  const { variable, value, comment } = valueOf(parameter, '${{ github.ref_name }}');
  return `      ${variable}: ${value} # ${comment}`;
}

export interface WorkflowLook {
  readonly done: boolean;
  readonly found: string;
}

const noSuchFile = (path: string): WorkflowLook => ({
  done: false,
  found: `There is no ${path} on the default branch.`,
});

/**
 * What a workflow file of the project lacks to submit here, where the policy asks for `runner`; judged by its text, so it is a
 * hint, not a proof.
 */
export function lookAtWorkflow(
  path: string,
  text: string | null,
  place: GuidePlace,
  { runner }: Pick<GitHubOrigin, 'runner'>,
): WorkflowLook {
  if (text === null) return noSuchFile(path);
  const requirements: readonly (readonly [present: boolean, what: string])[] = [
    [
      /uses:\s*["']?actions\/attest(?:-build-provenance)?@/.test(text),
      'a step that attests (actions/attest-build-provenance)',
    ],
    [/id-token:\s*["']?write/.test(text), 'the permission id-token: write'],
    [text.includes(place.portal), `a step that submits to ${place.portal}`],
    [
      runner !== 'github-hosted' || !/^\s*runs-on:[^#\n]{0,200}self-hosted/m.test(text),
      'a runner of the code host’s own (runs-on names a self-hosted one, which the policy does not allow)',
    ],
    [!text.includes(buildPlaceholder), 'your own build where the copied text has a placeholder'],
  ];
  return lookOf(
    path,
    requirements.flatMap(([present, what]) => (present ? [] : [what])),
  );
}

function lookOf(path: string, missing: readonly string[]): WorkflowLook {
  return missing.length === 0
    ? { done: true, found: `${path} attests, and submits to this portal.` }
    : { done: false, found: `${path} is there, without ${missing.join(', ')}.` };
}

/** What projects that build with a provider copy, and what their build file lacks. */
interface ReleaseGuide<O extends Origin> {
  workflow(place: GuidePlace, policySlug: string, policy: SigningPolicy, submission: Submission): string;
  lookAt(path: string, text: string | null, place: GuidePlace, origin: O): WorkflowLook;
}

const github: ReleaseGuide<GitHubOrigin> = { workflow: releaseWorkflow, lookAt: lookAtWorkflow };

const gitlab: ReleaseGuide<GitLabOrigin> = {
  workflow: (place, policySlug, policy, submission) =>
    releasePipeline({
      origin: policy.origin as GitLabOrigin,
      file: submission.file,
      values: submission.parameters.map((one) => valueOf(one, '$CI_COMMIT_REF_NAME')),
      submit: submitCommands(place, policySlug, { ...submission, withBundle: true }).split('\n'),
      placeholder: buildPlaceholder,
    }),
  lookAt: (path, text, { portal }) =>
    text === null
      ? noSuchFile(path)
      : lookOf(path, lacksOfPipeline(text, { portal, placeholder: buildPlaceholder })),
};

const guides: Readonly<Partial<Record<ProviderName, ReleaseGuide<Origin>>>> = { github, gitlab };

/** null: nobody has written one for builds of this provider yet; what it takes is in its own documentation. */
export const releaseGuideFor = (origin: Origin): ReleaseGuide<Origin> | null =>
  guides[providerOf(origin)] ?? null;

/** The build file of a project under a release policy, to be copied; null: there is none to offer. */
export function buildFileFor(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): { readonly path: string; readonly text: string } | null {
  const { origin } = policy;
  const guide = origin === undefined ? null : releaseGuideFor(origin);
  if (origin === undefined || guide === null) return null;
  const path = buildFileOf(origin);
  return { path, text: guide.workflow(place, policySlug, policy, submission) };
}
