/** What a foundation can require of artifact configurations, from the floors of its policies. */
import { compileAsWritten, isSigned, type CompiledElement } from '../../artifact/index.ts';
import { formats } from '../../formats/registry.ts';
import type { ArtifactConfiguration } from '../../generated/index.ts';
import type { FloorBreach, FloorField } from './field.ts';
import { requirement, steps } from '../../field-record/index.ts';

export const artifactFloors: readonly FloorField[] = [
  {
    name: 'opaque',
    schema: {
      description:
        'refused: no artifact configuration may declare a file as opaque to the scanner. Default: allowed.',
      enum: ['allowed', 'refused'],
    },
    measure: () => steps('Opaque files', ['allowed', 'refused'], 'allowed'),
    ofOrigins: false,
    breaches: ({ artifact, floor }) =>
      floor.opaque === 'refused' && artifact !== null ? opaqueFiles(artifact) : [],
    reference: {
      key: '`opaque: refused`',
      must: 'use no artifact configuration with `opaque`: every file is opened and scanned',
    },
  },
  {
    name: 'productNameAndVersion',
    schema: {
      description:
        'required: the artifact configuration specifies product name and version of every Windows program that it signs.',
      enum: ['required'],
    },
    measure: () => requirement('Product name and version, for every project,'),
    ofOrigins: false,
    breaches: ({ artifact, floor }) =>
      floor.productNameAndVersion !== undefined && artifact !== null ? unnamedPrograms(artifact) : [],
    reference: {
      key: '`productNameAndVersion: required`',
      must: 'specify `productName` and `productVersion` under `metadata` of every Windows program that it signs, itself or with a catalog',
    },
  },
];

const pathOf = ({ pointer }: CompiledElement): readonly string[] => pointer.slice(1).split('/');

/** Files that can't be scanned completely. In a set, each file counts separately. */
function opaqueFiles(artifact: ArtifactConfiguration): readonly FloorBreach[] {
  const { elements } = compileAsWritten(artifact);
  return elements
    .filter(({ opaque }) => opaque !== null)
    .map((element) => ({
      in: 'artifact',
      path: pathOf(element),
      message: 'The foundation requires that every file can be scanned; no file of this policy may be opaque',
      fix: 'Remove `opaque`, and leave the file out or submit it in a form that can be opened.',
    }));
}

/**
 * Signed programs whose product name or version could be anything. If the artifact contains a signed list of digests, each
 * of its programs may be on that list, and is then trusted like a signed one.
 */
function unnamedPrograms(artifact: ArtifactConfiguration): readonly FloorBreach[] {
  const { elements } = compileAsWritten(artifact);
  const vouchedFor = elements.some(({ sign, type }) => sign !== null && formats[type].vouches);
  return elements.flatMap((element): readonly FloorBreach[] => {
    if (!isSigned(element) && !vouchedFor) return [];
    const missing = formats[element.type].identity(element.check).open;
    if (missing.length === 0) return [];
    const what = missing.join(' and ');
    return [
      {
        in: 'artifact',
        path: pathOf(element),
        message: `The foundation requires the product name and version of every signed program; ${what} can be anything here`,
        fix: `Add ${what} under \`metadata\`.`,
      },
    ];
  });
}
