/**
 * The .nuspec of a package: what it says of itself. NuGet takes the first `metadata` in the root and in it the first element of each
 * name in its default namespace (NuspecCoreReaderBase); here each may be there once, without a prefix, in one namespace.
 *
 * ```xml
 * <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
 *   <metadata>
 *     <id>Widget</id> <version>1.2.0</version> <authors>The Widget team</authors> <owners>…</owners>
 *     <repository type="git" url="https://…" commit="…" />
 *     <packageTypes> <packageType name="DotnetTool" /> </packageTypes>
 * ```
 */
import { showName } from '../archive/index.ts';
import { NugetError } from './errors.ts';
import { readXml, XmlError, type XmlElement } from '#core/xml/index.ts';

export interface Nuspec {
  readonly id: string;
  readonly version: string;
  /** null: the element is missing; so for the rest. */
  readonly authors: string | null;
  readonly owners: string | null;
  readonly repositoryUrl: string | null;
  readonly repositoryCommit: string | null;
  readonly packageTypes: readonly string[];
}

export const nuspecBytesMax = 1024 * 1024;

/** PackageIdValidator of NuGet: at most 100 characters, words with `.` or `-` between them. */
const idPattern = /^[\p{L}\p{Mn}\p{Nd}\p{Pc}]+(?:[.-][\p{L}\p{Mn}\p{Nd}\p{Pc}]+)*$/u;
const idLengthMax = 100;
/** NuGetVersion: one to four numbers, then SemVer 2.0's labels. */
const versionPattern = /^[0-9]{1,10}(?:\.[0-9]{1,10}){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const versionLengthMax = 256;
const packageTypesMax = 32;

/** Bytes → metadata. Throws NugetError NUSPEC_…. */
export function readNuspec(bytes: Uint8Array): Nuspec {
  const root = rootOf(decode(bytes));
  if (root.name !== 'package') throw invalid(`its root is <${root.name}>; expected <package>`);
  const metadata = only(root, 'metadata');
  if (metadata === null) throw invalid('there is no <metadata>');
  for (const child of metadata.children) checkNamespace(child);
  const id = textOf(metadata, 'id') ?? '';
  if (id.length > idLengthMax || !idPattern.test(id))
    throw invalid(`the id ${showName(id)} is none for NuGet`);
  const version = textOf(metadata, 'version') ?? '';
  if (version.length > versionLengthMax || !versionPattern.test(version))
    throw invalid(`the version ${showName(version)} is none for NuGet`);
  const repository = only(metadata, 'repository');
  return {
    id,
    version,
    authors: textOf(metadata, 'authors'),
    owners: textOf(metadata, 'owners'),
    repositoryUrl: repository?.attributes.get('url') ?? null,
    repositoryCommit: repository?.attributes.get('commit') ?? null,
    packageTypes: packageTypesOf(metadata),
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new NugetError(
      'NUSPEC_ENCODING',
      'The .nuspec isn’t in UTF-8, so programs may read it differently.',
      'Write the .nuspec in UTF-8.',
      { cause },
    );
  }
}

function rootOf(text: string): XmlElement {
  try {
    return readXml(text);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new NugetError(
      'NUSPEC_XML',
      `The .nuspec is no XML that this reader takes: ${cause.message}.`,
      'Write the .nuspec as plain XML in UTF-8, without document type and processing instructions.',
      { cause },
    );
  }
}

function packageTypesOf(metadata: XmlElement): readonly string[] {
  const types = (only(metadata, 'packageTypes')?.children ?? []).map((child) => {
    checkNamespace(child);
    const name = child.attributes.get('name')?.trim() ?? '';
    if (child.name !== 'packageType' || name === '')
      throw invalid('<packageTypes> holds what is no package type');
    return name;
  });
  if (types.length > packageTypesMax) throw invalid(`it has more than ${packageTypesMax} package types`);
  return types;
}

/** An element of another namespace is another element: NuGet would pass over it. */
function checkNamespace({ name, attributes }: XmlElement): void {
  if (name.includes(':') || attributes.has('xmlns')) throw invalid(`<${name}> is in a namespace of its own`);
}

function only(parent: XmlElement, name: string): XmlElement | null {
  const found = parent.children.filter((child) => child.name === name || child.name.endsWith(`:${name}`));
  const [first = null, ...others] = found;
  if (others.length > 0) throw invalid(`it has <${name}> twice`);
  if (first !== null && first.name !== name) throw invalid(`<${first.name}> is in a namespace of its own`);
  return first;
}

function textOf(metadata: XmlElement, name: string): string | null {
  const element = only(metadata, name);
  if (element === null) return null;
  if (element.children.length > 0) throw invalid(`<${name}> has elements in it`);
  return element.text.trim();
}

function invalid(what: string): NugetError {
  return new NugetError(
    'NUSPEC_INVALID',
    `NuGet could not use the .nuspec, or not everywhere alike: ${what}.`,
    'Correct the .nuspec, or the project file that `dotnet pack` makes it from.',
  );
}
