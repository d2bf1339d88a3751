/**
 * Programs inside installers: whose signature each carries. Windows judges every program by its own, so a signed installer
 * with unsigned programs in it is blocked after it was installed.
 */
import { formatOf } from '#core/formats/recognise/index.ts';
import { elementAt, type CompiledElement } from '#core/artifact/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { fail, info, pass, type Finding } from '#core/wire/finding/index.ts';
import type { Content, ProgramInside } from '../../inspector/index.ts';
import { blockingRevocation, type Revocations } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import type { EarlierSignature } from '../requests/index.ts';

export interface SignedBefore {
  /** What this signer signed and released before, of these. */
  find(digests: readonly Sha256Hex[]): Promise<readonly EarlierSignature[]>;
  readonly keys: readonly SigningKey[];
  readonly revocations: Revocations;
}

interface File {
  readonly path: readonly string[];
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly content: Content;
}

interface SignedInsideInput {
  readonly files: readonly File[];
  readonly elements: readonly CompiledElement[];
  readonly effective: EffectivePolicy;
  readonly origin: VerifiedOrigin | null;
  readonly before: SignedBefore;
}

/** Names that one finding has. */
const namesMax = 30;

export async function checkSignedInside(input: SignedInsideInput): Promise<readonly Finding[]> {
  const { files, elements, before } = input;
  const programs = files.flatMap(({ content }) => content.programs);
  const made = await before.find([...new Set(programs.map(({ sha256 }) => sha256))]);
  const counting = new Map<Sha256Hex, EarlierSignature[]>();
  for (const signature of made) {
    if (!counts(signature, input)) continue;
    counting.set(signature.sha256, [...(counting.get(signature.sha256) ?? []), signature]);
  }
  return files.flatMap((file) => {
    const element = elementAt(elements, file.element);
    if (element.signedInside) return required(file, element, counting, input);
    return file.content.programs.length === 0 || isBundle(file.content) || isInsideOther(file, input)
      ? []
      : named(file, element, counting, input);
  });
}

/** Made with a certificate that is nobody's test, and that nobody has revoked; for a test, one for tests does as well. */
function counts({ certificateSha256 }: EarlierSignature, { effective, before }: SignedInsideInput): boolean {
  const key = before.keys.find(({ certificate }) => fingerprintOf(certificate) === certificateSha256);
  if (key === undefined || blockingRevocation(key, before.keys, before.revocations) !== null) return false;
  return key.entry.purpose === 'release' || effective.policy.purpose === 'test';
}

const fingerprintOf = ({ fingerprint256 }: SigningKey['certificate']): string =>
  fingerprint256.replaceAll(':', '').toLowerCase();

/** The installer around it names its programs. */
function isInsideOther({ element }: File, { elements }: SignedInsideInput): boolean {
  const { parent } = elementAt(elements, element);
  if (parent === null) return false;
  const { type } = elementAt(elements, parent);
  return type === 'msi' || type === 'cab';
}

/** Libraries of a .NET program, which are loaded and never installed. */
const isBundle = ({ formats }: Content): boolean =>
  formats.length > 0 && formats.every((format) => format === formatOf('dotnet-bundle').name);

interface Sorted {
  /** Sentences' ends, with how many programs each is true of. */
  readonly signed: ReadonlyMap<string, number>;
  readonly unsigned: readonly string[];
}

function sort(
  { content }: File,
  counting: ReadonlyMap<Sha256Hex, readonly EarlierSignature[]>,
  input: SignedInsideInput,
): Sorted {
  const signed = new Map<string, number>();
  const unsigned: string[] = [];
  for (const program of content.programs) {
    const by = signerOf(program, counting.get(program.sha256) ?? [], input);
    if (by === null) unsigned.push(unsignedName(program));
    else signed.set(by, (signed.get(by) ?? 0) + 1);
  }
  return { signed, unsigned };
}

/** null: nobody whose signature counts. */
function signerOf(
  { signature }: ProgramInside,
  made: readonly EarlierSignature[],
  { effective, origin }: SignedInsideInput,
): string | null {
  if (signature === 'request') return 'signed by this request';
  const own = made.filter(({ project }) => project === effective.projectSlug);
  const run = runOf(origin?.claims);
  if (run !== null && own.some(({ claims }) => runOf(claims) === run))
    return `signed by the foundation in an earlier request of this build run (${run})`;
  if (origin !== null && own.some(({ sourceCommit }) => sourceCommit === origin.claims.commit))
    return `signed by the foundation in an earlier request, built from the same commit in another run`;
  if (own.length > 0) return 'signed by the foundation in an earlier request, from another commit';
  const [other] = made;
  if (other !== undefined)
    return `signed by the foundation for the project ${other.project ?? '(not on record)'}`;
  return signature === 'upstream' ? 'signed by upstream, and verified' : null;
}

/** What a build system calls one run of a build, as a URI with its attempt. */
function runOf(claims: object | undefined): string | null {
  const run: unknown = claims === undefined ? null : Reflect.get(claims, 'runUri');
  return typeof run === 'string' ? run : null;
}

const placeCharactersMax = 200;

function unsignedName({ place, signature }: ProgramInside): string {
  const name = place.length > placeCharactersMax ? `…${place.slice(-placeCharactersMax)}` : place;
  return signature === 'other' ? `${name} (signed by somebody else, not verified)` : name;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesMax).join(', ');
  return names.length > namesMax ? `${shown}, and ${names.length - namesMax} more` : shown;
}

const nameOf = ({ path }: File): string => (path.length === 0 ? 'the artifact' : path.join(' → '));
const programs = (count: number): string => (count === 1 ? '1 program' : `${count} programs`);

/** What a signer can’t know of an installer by looking into it. */
const unseen = ({ content: { passedOver } }: File): string =>
  ` What the installer makes when it runs, such as an uninstaller, is not among them${passedOver === null ? '' : `, nor what stayed packed: ${passedOver}`}.`;

const mend =
  'Submit these programs in a request of their own, and build the installer from what comes back; NSIS: sign the plug-ins in ${NSISDIR}/Plugins and the uninstaller (!uninstfinalize) the same way.';

function named(
  file: File,
  element: CompiledElement,
  counting: ReadonlyMap<Sha256Hex, readonly EarlierSignature[]>,
  input: SignedInsideInput,
): readonly Finding[] {
  const { signed, unsigned } = sort(file, counting, input);
  const about = aboutOf(file, element, input);
  const { programCount } = file.content;
  const findings: Finding[] = [];
  if (signed.size > 0)
    findings.push(
      info({
        ...about,
        rule: 'installer.signed-inside',
        message: `Of ${programs(programCount)} in ${nameOf(file)}: ${sentence(signed)}.${unseen(file)}`,
        found: `${programCount - unsigned.length} of ${programCount}`,
      }),
    );
  if (unsigned.length > 0)
    findings.push(
      info({
        ...about,
        rule: 'installer.unsigned-inside',
        message: `${programs(unsigned.length)} of ${programCount} in ${nameOf(file)} ${unsigned.length === 1 ? 'carries' : 'carry'} no signature that the foundation knows, and Windows may block ${unsigned.length === 1 ? 'it' : 'them'} once installed: ${listed(unsigned)}.`,
        found: `${unsigned.length} of ${programCount}`,
      }),
    );
  return findings;
}

const sentence = (signed: ReadonlyMap<string, number>): string =>
  [...signed].map(([by, count]) => `${count} ${count === 1 ? 'is' : 'are'} ${by}`).join('; ');

function required(
  file: File,
  element: CompiledElement,
  counting: ReadonlyMap<Sha256Hex, readonly EarlierSignature[]>,
  input: SignedInsideInput,
): readonly Finding[] {
  const about = aboutOf(file, element, input);
  const { content } = file;
  const expected = 'every program inside signed by the foundation, or by upstream';
  const why = notJudged(content) ?? closedIn(file, input.files);
  if (why !== null)
    return [
      fail({
        ...about,
        rule: 'installer.not-opened',
        message: `Every program inside ${nameOf(file)} has to be signed, and they can’t all be seen: ${why}.`,
        expected,
        found: content.formats.join(', ') || 'nothing that contains files',
        fix: 'Build the installer with a program whose installers the signer opens (NSIS, Inno Setup, Windows Installer, 7-Zip), or remove `requireSignedInside`.',
      }),
    ];
  const { signed, unsigned } = sort(file, counting, input);
  if (unsigned.length > 0)
    return [
      fail({
        ...about,
        rule: 'installer.unsigned-inside',
        message: `${programs(unsigned.length)} of ${content.programCount} in ${nameOf(file)} ${unsigned.length === 1 ? 'carries' : 'carry'} no signature that counts here: ${listed(unsigned)}.`,
        expected,
        found: `${unsigned.length} of ${content.programCount} without one`,
        fix: mend,
      }),
    ];
  const all = signed.size === 0 ? 'there is none' : sentence(signed);
  return [
    pass({
      ...about,
      rule: 'installer.signed-inside',
      message: `Every program inside ${nameOf(file)} is signed: ${all}.${unseen(file)}`,
      expected,
      found: programs(content.programCount),
    }),
  ];
}

function notJudged(content: Content): string | null {
  const { closed, closedCount, files, programs: seen, programCount } = content;
  if (closedCount > 0) return closed[0]?.message.replace(/\.$/, '') ?? 'not all of it was opened';
  if (content.unaccounted !== null) return content.unaccounted;
  if (files === 0) return 'nothing was found in it';
  // A compressed help text in an installer of a kind that nobody knows says nothing of what is installed.
  if (programCount === 0 && !content.covered && content.openedBy.length === 0)
    return 'what was found in it is no program, and it isn’t known to be an installer';
  return programCount > seen.length ? `there are ${programCount}, more than are judged` : null;
}

/** A file in it that the configuration lists, and that is not seen into. */
function closedIn({ path }: File, files: readonly File[]): string | null {
  const closed = files.find(
    (other) =>
      other.path.length > path.length &&
      path.every((step, at) => other.path[at] === step) &&
      (other.content.closedCount > 0 || other.content.unaccounted !== null),
  );
  if (closed === undefined) return null;
  const { content } = closed;
  const why = content.closed[0]?.message.replace(/\.$/, '') ?? content.unaccounted;
  return `${closed.path.slice(path.length).join(' → ')}: ${why ?? 'not all of it was opened'}`;
}

function aboutOf({ path, sha256 }: File, { pointer }: CompiledElement, { effective }: SignedInsideInput) {
  return { path, sha256, policy: effective.artifactLocations[pointer] ?? null };
}
