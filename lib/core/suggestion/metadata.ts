/** What files say of themselves and the next release will say too: for `metadata`. */
import type { FormatType } from '../formats/format.ts';
import type { SampleFile } from './sample.ts';
import { asParameter } from './version.ts';

export type Metadata = Readonly<Record<string, string>>;

/** Keys of a configuration → names of texts. */
const stable: Readonly<Partial<Record<FormatType, Readonly<Record<string, string>>>>> = {
  pe: { productName: 'ProductName' },
  msi: { productName: 'ProductName', manufacturer: 'Manufacturer' },
  nuget: { id: 'Id' },
  jar: { implementationTitle: 'Implementation-Title', implementationVendor: 'Implementation-Vendor' },
};
const lengthMax = 200;

/** Keys that state the version of a file, by type. */
const versions: Readonly<Partial<Record<FormatType, { readonly key: string; readonly name: string }>>> = {
  pe: { key: 'productVersion', name: 'ProductVersion' },
  msi: { key: 'productVersion', name: 'ProductVersion' },
  nuget: { key: 'version', name: 'Version' },
  jar: { key: 'implementationVersion', name: 'Implementation-Version' },
};

/** What all of them say; empty: nothing. `version`: of the release, which is a parameter; null: it isn't known. */
export function commonMetadata(
  type: FormatType,
  files: readonly SampleFile[],
  version: string | null,
): Metadata {
  const asked = Object.entries(stable[type] ?? {}).flatMap(([key, name]) => {
    const text = common(files, name);
    return text === null || !isShown(text) ? [] : [[key, text] as const];
  });
  const stated = versionOf(type, files, version);
  return Object.fromEntries([...asked, ...(stated === null ? [] : [stated])]);
}

function versionOf(
  type: FormatType,
  files: readonly SampleFile[],
  version: string | null,
): readonly [string, string] | null {
  const place = versions[type];
  if (place === undefined) return null;
  const texts = files.map(({ facts }) => facts?.texts?.[place.name] ?? null);
  const parameter = version === null ? null : asParameter(texts, version);
  if (parameter !== null) return [place.key, parameter];
  const major = type === 'pe' || type === 'msi' ? majorVersion(texts) : null;
  return major === null ? null : [place.key, major];
}

/** Texts come from the file: nothing goes into a policy that its readers don't see as it is. */
const isShown = (text: string): boolean =>
  text.length <= lengthMax && text.trim() === text && text !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

function common(files: readonly SampleFile[], name: string): string | null {
  const [first, ...rest] = files.map(({ facts }) => facts?.texts?.[name] ?? null);
  return first === undefined || rest.some((text) => text !== first) ? null : first;
}

/** `1.*`: the next release has another. */
function majorVersion(texts: readonly (string | null)[]): string | null {
  const majors = texts.map((text) => /^(\d{1,9}[.])./.exec(text ?? '')?.[1] ?? null);
  const [first = null] = majors;
  return first === null || majors.some((major) => major !== first) ? null : `${first}*`;
}
