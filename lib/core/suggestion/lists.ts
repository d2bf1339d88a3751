/** Lists that tools write next to what they built, by the names that these tools give them. */
import type { FollowFormatId } from '../follow/index.ts';
import type { SampleFile } from './sample.ts';
import type { Treatment } from './treatment.ts';

/** Names that say enough: whether the content is what it should be, the inspector tells when the suggestion is tried out. */
const names: readonly { readonly format: FollowFormatId; readonly many: string; readonly name: RegExp }[] = [
  {
    format: 'checksums',
    many: 'Lists of checksums',
    name: /^(?:.*[._-])?(?:md5|sha(?:1|224|256|384|512))sums?(?:[.]txt)?$|^(?:.*[._-])?checksums?(?:[.]txt)?$|.[.](?:md5|sha(?:1|224|256|384|512))$/i,
  },
  {
    format: 'electron-updater',
    many: 'Manifests of electron-updater',
    name: /^(?:latest|beta|alpha)(?:-(?:mac|linux)(?:-[a-z0-9]+)?)?[.]yml$/,
  },
  { format: 'electron-blockmap', many: 'Block maps of electron-builder', name: /.[.]blockmap$/ },
  { format: 'winget', many: 'Manifests of the Windows Package Manager', name: /.[.]installer[.]yaml$/i },
  { format: 'spdx', many: 'SPDX bills of materials', name: /.[.]spdx3?(?:[.]json(?:ld)?)?$/i },
  {
    format: 'cyclonedx',
    many: 'CycloneDX bills of materials',
    name: /(?:^bom|.[.]cdx)[.](?:json|xml)$/i,
  },
];

/** Beside files that get signed. null: its name isn't that of a list. */
export function listTreatment({ path, failed, closed }: SampleFile): Treatment | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = names.find((one) => one.name.test(name));
  if (known === undefined || closed.length > 0) return null;
  const treatment = { type: 'file', method: null, verify: false, opaque: false } as const;
  return failed
    ? {
        ...treatment,
        follows: null,
        comment: `${known.many}, by their names, that can’t follow: preflight says why if you add \`follows: { format: ${known.format} }\`. As they are, what they state of signed files will be false.`,
      }
    : {
        ...treatment,
        follows: known.format,
        comment: `${known.many}: what they state of signed files is written anew after signing.`,
      };
}
