/** What files say of themselves and the next release will say too: for `metadata`. */
import type { FormatType } from '../formats/format.ts';
import type { SampleFile } from './sample.ts';

export type Metadata = Readonly<Record<string, string>>;

/** Keys of a configuration → names of texts. */
const stable: Readonly<Partial<Record<FormatType, Readonly<Record<string, string>>>>> = {
  pe: { productName: 'ProductName' },
  msi: { productName: 'ProductName', manufacturer: 'Manufacturer' },
  nuget: { id: 'Id' },
  jar: { implementationTitle: 'Implementation-Title', implementationVendor: 'Implementation-Vendor' },
};
const lengthMax = 200;

/** What all of them say; empty: nothing. */
export function commonMetadata(type: FormatType, files: readonly SampleFile[]): Metadata {
  const asked = Object.entries(stable[type] ?? {}).flatMap(([key, name]) => {
    const text = common(files, name);
    return text === null || !isShown(text) ? [] : [[key, text] as const];
  });
  const versions = type === 'pe' || type === 'msi' ? majorVersion(files) : null;
  return Object.fromEntries([
    ...asked,
    ...(versions === null ? [] : [['productVersion', versions] as const]),
  ]);
}

/** Texts come from the file: nothing goes into a policy that its readers don't see as it is. */
const isShown = (text: string): boolean =>
  text.length <= lengthMax && text.trim() === text && text !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

function common(files: readonly SampleFile[], name: string): string | null {
  const [first, ...rest] = files.map(({ facts }) => facts?.texts?.[name] ?? null);
  return first === undefined || rest.some((text) => text !== first) ? null : first;
}

/** `1.*`: the next release has another. */
function majorVersion(files: readonly SampleFile[]): string | null {
  const majors = files.map(
    ({ facts }) => /^(\d{1,9}[.])./.exec(facts?.texts?.['ProductVersion'] ?? '')?.[1] ?? null,
  );
  const [first = null] = majors;
  return first === null || majors.some((major) => major !== first) ? null : `${first}*`;
}
