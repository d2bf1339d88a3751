/** What requests under a policy consist of, and the commands that make one in a terminal. Pure. */
import { compileAsWritten, openParameters, signaturesOf } from '#core/artifact/index.ts';
import type { OpenParameter } from '#core/artifact/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { OutsideCheck } from '#core/formats/outside-check.ts';
import { formats } from '#core/formats/registry.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { PinnedStep, StepParts } from './submit-step.ts';

export interface GuidePlace {
  /** Address of the portal, without a final slash. */
  readonly portal: string;
  readonly project: ProjectSlug;
  /** The Action for GitHub and the component for GitLab, where the foundation names them; without, builds use curl. */
  readonly action?: PinnedStep | undefined;
  readonly component?: PinnedStep | undefined;
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
  const call = `curl --fail-with-body --globoff --silent --show-error --header "Authorization: Bearer $COUNTERSIGN_TOKEN"`;
  // Nothing that a value may contain ends a text of JSON.
  const given = parameters.map(({ name }) => `"${name}":"%s"`).join(',');
  const start = `{"project":"${project}","policy":"${policy}","artifact":{"sha256":"%s","name":"%s"}${given === '' ? '' : `,"parameters":{${given}}`}`;
  const values = [
    '"$SHA256"',
    '"$(basename "$FILE")"',
    ...parameters.map((one) => `"$${variableOf(one)}"`),
  ].join(' ');
  return [
    `SHA256=$(sha256sum < "$FILE" | cut -d ' ' -f 1)`,
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

/** What a step that submits needs, but for the names of files. */
export const partsOf = (
  { portal, project }: GuidePlace,
  policy: string,
  { parameters }: Submission,
  refName: string,
): Omit<StepParts, 'file' | 'bundle'> => ({
  portal,
  project,
  policy,
  parameters: parameters.map((parameter) => ({
    parameter,
    value: parameter.name === 'version' ? refName : exampleOf(parameter),
  })),
});

/** A version is what the pushed tag is called; of others nobody knows. The tag is a value, never text of a command. */
export function valueOf(parameter: OpenParameter, refName: string) {
  const value = parameter.name === 'version' ? refName : JSON.stringify(exampleOf(parameter));
  const like = parameter.pattern === null || parameter.pattern === '*' ? '' : `, like ${parameter.pattern}`;
  return {
    variable: variableOf(parameter),
    value,
    comment: `${parameter.name}, which the policy asks for${like}`,
  };
}
