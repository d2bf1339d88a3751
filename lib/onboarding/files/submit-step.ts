/** The steps that submit by what the foundation offers its projects: the Action for GitHub, the component for GitLab. Pure. */
import type { OpenParameter } from '#core/artifact/index.ts';

/** Something that a build uses, by commit: what was reviewed is what runs. */
export interface PinnedStep {
  /** Where it is, without the commit: `owner/repository/action`, or `group/project/submit`. */
  readonly uses: string;
  readonly commit: string;
  /** What the commit is called, for people. */
  readonly version?: string | undefined;
}

export interface StepParts {
  readonly portal: string;
  readonly project: string;
  readonly policy: string;
  /** As the build's configuration names it. */
  readonly file: string;
  /** null: the request has none. */
  readonly bundle: string | null;
  readonly parameters: readonly ParameterLine[];
}

export interface ParameterLine {
  readonly parameter: OpenParameter;
  readonly value: string;
}

export const pinned = ({ uses, commit, version }: PinnedStep): string =>
  `${uses}@${commit}${version === undefined ? '' : ` # ${version}`}`;

const meaningOf = ({ parameter: { pattern } }: ParameterLine): string =>
  `which the policy asks for${pattern === null || pattern === '*' ? '' : `, like ${pattern}`}`;

/** Lines of `NAME=VALUE` as a block of YAML; a comment can't stand in one, so what each is for stands before it. */
export function parameterLines(parameters: readonly ParameterLine[], indent: string): readonly string[] {
  if (parameters.length === 0) return [];
  return [
    ...parameters.map((line) => `${indent}# ${line.parameter.name}, ${meaningOf(line)}`),
    `${indent}parameters: |`,
    ...parameters.map(({ parameter: { name }, value }) => `${indent}  ${name}=${value}`),
  ];
}

/** A step of a job of GitHub Actions; `withToken` where the policy doesn't take the identity token of the run. */
export function actionStep(
  action: PinnedStep,
  parts: StepParts,
  { withToken }: { readonly withToken: boolean },
): readonly string[] {
  return [
    '- name: Submit',
    '  id: submit',
    `  uses: ${pinned(action)}`,
    '  with:',
    `    portal: ${parts.portal}`,
    `    project: ${parts.project}`,
    `    policy: ${parts.policy}`,
    `    file: ${parts.file}`,
    ...(parts.bundle === null ? [] : [`    bundle: ${parts.bundle}`]),
    ...parameterLines(parts.parameters, '    '),
    ...(withToken ? ['    api-token: ${{ secrets.COUNTERSIGN_TOKEN }}'] : []),
  ];
}

/** The job that the component adds: what it needs, and where and when it runs, as the job that builds does. */
export interface ComponentJob {
  /** Name of the job that builds and attests. */
  readonly from: string;
  /** Its own name, where the usual one is taken. */
  readonly name?: string;
  readonly environment: string | undefined;
  /** Of runners of one's own. */
  readonly tags: readonly string[];
  /** Expressions of GitLab's, any of which lets it run. */
  readonly conditions: readonly string[];
}

/** Includes the component of GitLab; it adds a job that submits what the job `from` made. */
export function componentInclude(
  component: PinnedStep,
  parts: StepParts,
  { from, name, environment, tags, conditions }: ComponentJob,
): readonly string[] {
  return [
    'include:',
    `  - component: $CI_SERVER_FQDN/${pinned(component)}`,
    '    inputs:',
    `      portal: ${parts.portal}`,
    `      project: ${parts.project}`,
    `      policy: ${parts.policy}`,
    `      from: ${from}`,
    ...(name === undefined ? [] : [`      job: ${name}`]),
    `      file: ${parts.file}`,
    ...(parts.bundle === null ? [] : [`      bundle: ${parts.bundle === '' ? "''" : parts.bundle}`]),
    ...listedParameters(parts.parameters, '      '),
    ...(environment === undefined ? [] : [`      environment: ${JSON.stringify(environment)}`]),
    ...(tags.length === 0 ? [] : [`      tags: [${tags.join(', ')}]`]),
    '      rules:',
    ...conditions.map((one) => `        - if: ${JSON.stringify(one)}`),
  ];
}

/** A list, for GitLab puts inputs into a text, where a block's lines would lose their ends. */
function listedParameters(parameters: readonly ParameterLine[], indent: string): readonly string[] {
  if (parameters.length === 0) return [];
  return [
    `${indent}parameters:`,
    ...parameters.map(
      (line) => `${indent}  - ${JSON.stringify(`${line.parameter.name}=${line.value}`)} # ${meaningOf(line)}`,
    ),
  ];
}
