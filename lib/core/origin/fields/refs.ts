import { allowList, loosens, type Advice, type Judged } from '../../field-record/index.ts';
import type { Origin } from '../../generated/index.ts';
import { list } from '../../text/list/index.ts';
import type { OriginField } from '../field.ts';

/** Which branches and tags. `says` and advice on how tags are protected are the provider's. */
export function refFields<O extends Origin>(more: {
  readonly unprotectedTags: (origin: O) => readonly Advice[];
}): readonly OriginField<O>[] {
  return [
    {
      path: 'refs',
      schema: { $ref: '#/$defs/Refs' },
      measure: loosensAlways,
      reference: {
        meaning: '`branches` and `tags`: exact names, or patterns with `*`, `?`, `**`; case matters',
        enforcedBy: 'signer',
      },
    },
    {
      path: 'refs branches',
      schema: { $ref: '#/$defs/RefPatterns', description: 'Branches, for example main.' },
      measure: allowList('Building from the branch'),
      lint: ({ refs }, purpose) => (purpose === 'release' ? anyRef('branches', refs.branches) : []),
      form: {
        label: 'Branches',
        hint: 'One to a line; exact names, or patterns with * and **. What is built from another branch is refused.',
        kind: 'lines',
        optional: true,
      },
    },
    { path: 'refs branches *', measure: allowList('Building from the branch') },
    {
      path: 'refs tags',
      schema: { $ref: '#/$defs/RefPatterns', description: 'Tags, for example "v*".' },
      measure: allowList('Building from the tag'),
      lint: (origin, purpose) =>
        purpose === 'release' ? [...anyRef('tags', origin.refs.tags), ...more.unprotectedTags(origin)] : [],
      form: {
        label: 'Tags',
        hint: 'One to a line; exact names, or patterns with * and **.',
        kind: 'lines',
        optional: true,
      },
    },
    { path: 'refs tags *', measure: allowList('Building from the tag') },
  ];
}

/** Others may be built from now; the lists inside tell which way, where only they change. */
function loosensAlways(): Judged {
  return loosens('Which branches and tags may be built from comes as a whole.');
}

function anyRef(kind: 'branches' | 'tags', patterns: readonly string[] = []): readonly Advice[] {
  return patterns.flatMap((pattern, at) =>
    /^[*/]+$/.test(pattern)
      ? [
          {
            rule: 'lint.any-ref',
            path: ['refs', kind, at],
            message: `\`${pattern}\` allows a release from any of the ${kind}, whoever pushed it.`,
            fix:
              kind === 'tags' ? 'Write a pattern such as v*.' : 'Name the branches that releases come from.',
          },
        ]
      : [],
  );
}

export function describeRefs({ refs }: Origin): string {
  const branches = refs.branches === undefined ? [] : [named('branch', 'branches', refs.branches)];
  const tags = refs.tags === undefined ? [] : [named('tag', 'tags', refs.tags)];
  return [...branches, ...tags].join(' or from ');
}

export function named(one: string, many: string, names: readonly string[]): string {
  return `the ${names.length === 1 ? one : many} ${list(names, 'or')}`;
}
