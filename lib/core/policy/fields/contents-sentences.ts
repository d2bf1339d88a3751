/** An artifact configuration in sentences, for people who have never seen one. */
import {
  compileAsWritten,
  isSigned,
  isInSeveral,
  openParameters,
  describeBounds,
  describeUpstream,
  type ArtifactMatcher,
  type CompiledElement,
  type OpenParameter,
} from '../../artifact/index.ts';
import { followFormats } from '../../follow/index.ts';
import { formats } from '../../formats/registry.ts';
import type { EffectivePolicy } from '../effective-policy.ts';

export function describeContents({ artifactConfiguration }: EffectivePolicy): readonly string[] {
  const matcher = compileAsWritten(artifactConfiguration);
  const { root } = matcher;
  const { signed, already, checked } = describeRequirements(root);
  const first = `The submitted file must be ${formats[root.type].words.one}${isSigned(root) ? `, and it is ${signed}` : ''}${already}${checked}.`;
  const rest = matcher.elements.slice(1).map((element) => describeElement(matcher, element));
  const last = root.contents.length > 0 ? ['Anything else inside is refused.'] : [];
  return [first, ...rest, ...last, ...openParameters(artifactConfiguration).map(describeParameter)];
}

function describeParameter({ name, description, pattern, default: value }: OpenParameter): string {
  const what = description === null ? '' : ` (${description.replace(/[.]$/, '')})`;
  const like = pattern === null || pattern === '*' ? '' : `, which must look like ${pattern}`;
  const otherwise = value === null ? '' : `; if it doesn’t, it is “${value}”`;
  return `\${${name}} is what the request says${what}${like}${otherwise}. Who approves the request signs that value, too.`;
}

function describeElement(matcher: ArtifactMatcher, element: CompiledElement): string {
  const container =
    element.parent === null || element.parent === 0 ? undefined : matcher.elements[element.parent];
  const where = container === undefined ? '' : ` in ${container.path ?? ''}`;
  const format = formats[element.type];
  const is = format.words[element.max === 1 ? 'one' : 'many'];
  const { signed, already, checked } = describeRequirements(element);
  const each = isInSeveral(matcher, element.directory) ? ' in each of its directories' : '';
  return `${element.path}${where}: ${describeBounds(element.min, element.max)}${each}, ${is}, ${signed}${already}${checked}.`;
}

const inside = '; every program inside must be signed by the foundation already, or by upstream';

/** Whether it is signed, what becomes of a signature that is there, and what else is asked of it. */
function describeRequirements(element: CompiledElement) {
  const { sign, check } = formats[element.type].describe(element);
  const upstream = describeUpstream(element.upstream);
  // Left out, it is `refuse` in every format; what other settings mean, the format says in its own words.
  const refused = element.sign !== null && (element.sign['existingSignature'] ?? 'refuse') === 'refuse';
  const follows =
    element.follows === null
      ? ''
      : `; read as ${followFormats[element.follows].one}: what it states of signed files is written anew after signing`;
  return {
    signed: signedHow(element, sign) + follows,
    already: refused ? '; one that is signed already is refused' : '',
    checked:
      [check, upstream].map((text) => (text === '' ? '' : `; ${text}`)).join('') +
      (element.signedInside ? inside : ''),
  };
}

export function describeScan({ artifactConfiguration }: EffectivePolicy): readonly string[] {
  const { elements } = compileAsWritten(artifactConfiguration);
  const opaque = elements.filter((element) => element.opaque !== null);
  return [
    'Every file inside is scanned for malware before anything is signed; archives are opened, and what is in them is scanned too.',
    opaque.length === 0
      ? 'A file that can’t be opened or scanned completely is refused.'
      : 'A file that can’t be opened or scanned completely is refused, except for those named here: malware could be in them without being found.',
    ...opaque.map(
      (element) => `${element.path ?? 'The submitted file'}: exempt. Reason: ${element.opaque ?? ''}`,
    ),
  ];
}

/** In the file, and then beside it. */
function signedHow({ sign, detached }: CompiledElement, inIt: string): string {
  if (detached === null) return sign === null ? 'not signed' : inIt;
  const beside = formats.file.describe({ sign: detached, check: null }).sign;
  return sign === null ? beside : `${inIt}, and then ${beside}`;
}
