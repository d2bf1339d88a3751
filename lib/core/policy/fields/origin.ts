/** Fields of a policy's `origin`: where the file must have been built. */
import type { Origin, PolicyFloor } from '../../generated/index.ts';
import { list } from '../../text/list/index.ts';
import { ofOrigin, type FloorField, type PolicyField } from './field.ts';
import {
  type Advice,
  type FormRow,
  type Measure,
  allowList,
  identity,
  loosens,
  requirement,
  tightens,
} from '../../field-record/index.ts';

const section = 'Where it is built';
const needs = ['origin'];

/** A floor with one value, for origins that have a line which is as strict. */
export function originFloor(
  name: keyof PolicyFloor,
  value: string,
  about: {
    readonly description: string;
    readonly what: string;
    readonly must: string;
    readonly path: readonly string[];
    readonly message: string;
    readonly fix: string;
    readonly holds: (origin: Origin, purpose: 'release' | 'test') => boolean;
  },
): FloorField {
  return {
    name,
    schema: { description: about.description, enum: [value] },
    measure: () => requirement(about.what),
    ofOrigins: true,
    breaches({ policy: { origin, purpose }, floor }) {
      if (floor[name] !== value || origin === undefined || about.holds(origin, purpose)) return [];
      const { path, message, fix } = about;
      return [{ in: 'policy', path, message: `The foundation asks ${message}`, fix }];
    },
    reference: { key: `\`${name}: ${value}\``, must: about.must },
  };
}

const pinned = (label: string, hint: string): FormRow => ({
  label: `Reusable builder: ${label}`,
  hint,
  kind: 'text',
  optional: true,
  needs,
});

export const originFields: readonly PolicyField[] = [
  {
    path: 'origin',
    schema: { $ref: '#/$defs/Origin' },
    measure: requirement('A verified origin'),
    says: {
      section,
      sentences: (effective) => {
        const { origin, buildSystem, project } = effective;
        if (origin === null)
          return ['The origin is not checked, so this policy can use only a test certificate.'];
        const system = buildSystem?.displayName ?? origin.buildSystem;
        return [
          `${project.name} must be built by ${system} from ${origin.repository.uri} (repository ${origin.repository.id}, owner ${origin.repository.ownerId}).`,
        ];
      },
    },
    floors: [
      {
        name: 'origin',
        schema: { description: 'required: the policy names where files are built.', enum: ['required'] },
        measure: () => requirement('An origin, for every project,'),
        ofOrigins: true,
        breaches: () => [],
        reference: { key: '`origin: required`', must: 'have an `origin`' },
      },
    ],
    reference: {
      meaning: 'Where the file was built; required for a release',
      enforcedBy: 'signer, see below',
    },
  },
  {
    path: 'origin buildSystem',
    schema: { $ref: '#/$defs/Slug', description: 'A name from buildSystems in trust/root.yaml.' },
    measure: identity('The build system'),
    reference: { meaning: 'A name from `trust/root.yaml`: issuer and trust root', enforcedBy: 'signer' },
  },
  {
    path: 'origin repository',
    schema: { $ref: '#/$defs/OriginRepository' },
    measure: identity('The repository'),
    reference: {
      meaning: '`id`, `ownerId` (numeric, in quotes) and `uri`, the same as in `project.yaml`',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin repository id',
    schema: {
      description: "The repository's numeric id, in quotes.",
      type: 'string',
      maxLength: 19,
      pattern: '^[1-9][0-9]{0,18}$',
    },
    measure: identity("The repository's id"),
  },
  {
    path: 'origin repository ownerId',
    schema: {
      description: "The owner's numeric id, in quotes.",
      type: 'string',
      maxLength: 19,
      pattern: '^[1-9][0-9]{0,18}$',
    },
    measure: identity("The id of the repository's owner"),
  },
  {
    path: 'origin repository uri',
    schema: {
      description: 'Address of the repository, without .git and without a final slash.',
      type: 'string',
      maxLength: 300,
      pattern: '^https://[^\\s/?#@]+(?:/[^\\s/?#@]+)+$',
    },
    measure: identity("The repository's address"),
  },
  {
    path: 'origin workflow',
    schema: {
      description: "The workflow file that builds, from the repository's root.",
      type: 'string',
      maxLength: 200,
      pattern: '^\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$',
    },
    measure: identity('The workflow'),
    says: {
      section,
      sentences: ofOrigin((origin) => [
        `The build must run ${origin.workflow} from ${describeRefs(origin)}.`,
      ]),
    },
    form: {
      label: 'Workflow',
      hint: 'The workflow file that builds releases. A file built by any other is refused.',
      kind: 'text',
      optional: false,
      needs,
    },
    reference: { meaning: 'The workflow file of that repository', enforcedBy: 'signer' },
  },
  {
    path: 'origin refs',
    schema: { $ref: '#/$defs/Refs' },
    measure: loosensAlways,
    floors: [
      originFloor('refs', 'tags', {
        description: 'tags: builds of tags alone, so that what is released can be found again by its name.',
        what: 'Building from tags alone, for every project,',
        must: 'build from tags alone, and name no branches',
        path: ['origin', 'refs', 'branches'],
        message: 'for builds of tags alone',
        fix: 'Remove `branches`, and name the tags that releases come from.',
        holds: ({ refs }) => refs.branches === undefined && refs.tags !== undefined,
      }),
    ],
    reference: {
      meaning: '`branches` and `tags`: exact names, or patterns with `*`, `?`, `**`; case matters',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin refs branches',
    schema: { $ref: '#/$defs/RefPatterns', description: 'Branches, for example main.' },
    measure: allowList('Building from the branch'),
    lint: ({ origin, purpose }) => (purpose === 'release' ? anyRef('branches', origin?.refs.branches) : []),
    form: {
      label: 'Branches',
      hint: 'One to a line; exact names, or patterns with * and **. What is built from another branch is refused.',
      kind: 'lines',
      optional: true,
      needs,
    },
  },
  { path: 'origin refs branches *', measure: allowList('Building from the branch') },
  {
    path: 'origin refs tags',
    schema: { $ref: '#/$defs/RefPatterns', description: 'Tags, for example "v*".' },
    measure: allowList('Building from the tag'),
    lint: ({ origin, purpose }) =>
      purpose === 'release' && origin !== undefined
        ? [...anyRef('tags', origin.refs.tags), ...unprotectedTags(origin)]
        : [],
    form: {
      label: 'Tags',
      hint: 'One to a line; exact names, or patterns with * and **.',
      kind: 'lines',
      optional: true,
      needs,
    },
  },
  { path: 'origin refs tags *', measure: allowList('Building from the tag') },
  {
    path: 'origin triggers',
    schema: {
      description:
        "The events that may start the build. Events that run with code from outside, such as pull_request_target, can't be allowed.",
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/Trigger' },
    },
    measure: allowList('A start by'),
    says: {
      section,
      sentences: ofOrigin(({ triggers }) => [
        `Only these events may start it: ${triggers.map((one) => triggerNames[one]).join(', ')}.`,
      ]),
    },
    form: {
      label: 'Triggers',
      hint: 'Which events may start the build.',
      kind: 'checkboxes',
      options: [
        ['push', 'A push'],
        ['release', 'A published release'],
        ['workflow_dispatch', 'Started by hand'],
      ],
      optional: false,
      needs,
    },
    reference: {
      meaning: "`push`, `release`, `workflow_dispatch`; events that run others' code can't be written",
      enforcedBy: 'signer',
    },
  },
  { path: 'origin triggers *', measure: allowList('A start by') },
  {
    path: 'origin runner',
    schema: {
      description:
        'Where the build runs. github-hosted: on a fresh machine of the build system. {groups: […]}: on a runner of one of these groups.',
      oneOf: [{ const: 'github-hosted' }, { $ref: '#/$defs/RunnerGroups' }],
    },
    measure: runner,
    says: {
      section,
      sentences: ofOrigin((origin, { buildSystem }) => [
        describeRunner(origin, buildSystem?.displayName ?? origin.buildSystem),
      ]),
    },
    floors: [
      originFloor('runner', 'github-hosted', {
        description: 'github-hosted: builds run on fresh machines of the build system.',
        what: 'A runner of the build system, for every project,',
        must: 'build on hosted runners',
        path: ['origin', 'runner'],
        message: 'for builds on github-hosted runners',
        fix: 'Write github-hosted.',
        holds: ({ runner: where }) => where === 'github-hosted',
      }),
    ],
    notEnforced: ({ origin }) =>
      origin === undefined || origin.runner === 'github-hosted' ? null : 'which group a runner belongs to',
    reference: {
      meaning: '`github-hosted`. `{groups: […]}` is **refused in this version**',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin runner groups',
    schema: {
      description: 'Names of runner groups.',
      type: 'array',
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      items: { description: 'The name of a runner group.', type: 'string', minLength: 1, maxLength: 100 },
    },
    measure: allowList('A runner of the group'),
  },
  { path: 'origin runner groups *', measure: allowList('A runner of the group') },
  {
    path: 'origin builder',
    schema: { $ref: '#/$defs/Builder' },
    measure: identity('The workflow that builds and attests'),
    says: { section, sentences: ofOrigin((origin) => [describeBuilder(origin)]) },
    floors: [
      originFloor('builder', 'required', {
        description: 'required: the policy pins a reusable builder.',
        what: 'A pinned builder, for every project,',
        must: 'pin a reusable builder',
        path: ['origin'],
        message: 'for a pinned reusable builder',
        fix: 'Add `builder` with uri, ref and digest.',
        holds: ({ builder }) => builder !== undefined,
      }),
    ],
    reference: {
      meaning:
        "`uri`, `ref`, `digest` of one reusable workflow: it must have signed, at exactly this ref and commit (rules `origin.signer`, `origin.builder`). Left out: only the project's own workflow may sign",
      enforcedBy: 'signer',
    },
  },
  {
    path: 'origin builder uri',
    schema: {
      description: 'Address of the reusable workflow’s file, without @ and ref.',
      type: 'string',
      maxLength: 300,
      pattern: '^https://[^\\s/?#@]+/[^\\s/?#@]+/[^\\s/?#@]+/\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned(
      'address',
      'A reusable workflow that has to do the build, for example https://github.com/OWNER/REPO/.github/workflows/build.yml. Empty: the project’s own workflow.',
    ),
  },
  {
    path: 'origin builder ref',
    schema: {
      description:
        'The ref that the project’s workflow calls it at, in full: refs/tags/…, refs/heads/… or a commit id.',
      type: 'string',
      maxLength: 200,
      pattern: '^(?:refs/(?:heads|tags)/[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+|[0-9a-f]{40}|[0-9a-f]{64})$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned('ref', 'For example refs/tags/v2.1.0.'),
  },
  {
    path: 'origin builder digest',
    schema: {
      description: 'The commit that the ref must stand at: 40 or 64 hexadecimal digits in lower case.',
      type: 'string',
      maxLength: 64,
      pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$',
    },
    measure: identity('The workflow that builds and attests'),
    form: pinned('commit', 'The 40 hexadecimal digits of the commit.'),
  },
];

/** Others may be built from now; the lists inside tell which way, where only they change. */
function loosensAlways(): ReturnType<Measure> {
  return loosens('Which branches and tags may be built from comes as a whole.');
}

function runner({ after }: Parameters<Measure>[0]): ReturnType<Measure> {
  return after === 'github-hosted'
    ? tightens('Builds must run on fresh machines of the build system.')
    : loosens('Builds may run on machines that the build system does not provide.');
}

function anyRef(kind: 'branches' | 'tags', patterns: readonly string[] = []): readonly Advice[] {
  return patterns.flatMap((pattern, at) =>
    /^[*/]+$/.test(pattern)
      ? [
          {
            rule: 'lint.any-ref',
            path: ['origin', 'refs', kind, at],
            message: `\`${pattern}\` allows a release from any of the ${kind}, whoever pushed it.`,
            fix:
              kind === 'tags' ? 'Write a pattern such as v*.' : 'Name the branches that releases come from.',
          },
        ]
      : [],
  );
}

function unprotectedTags(origin: Origin): readonly Advice[] {
  if (origin.refs.tags === undefined || origin.tagRulesets !== undefined) return [];
  return [
    {
      rule: 'lint.unprotected-tags',
      path: ['origin', 'refs', 'tags'],
      message:
        'A tag can be moved to another commit unless the code host forbids it; nothing here asks for that.',
      fix: 'Protect these tags with a ruleset on the code host; this version of the signer can’t check it yet.',
    },
  ];
}

const triggerNames: Readonly<Record<Origin['triggers'][number], string>> = {
  push: 'a push',
  release: 'a release',
  workflow_dispatch: 'a start by hand',
};

function describeRefs({ refs }: Origin): string {
  const branches = refs.branches === undefined ? [] : [named('branch', 'branches', refs.branches)];
  const tags = refs.tags === undefined ? [] : [named('tag', 'tags', refs.tags)];
  return [...branches, ...tags].join(' or from ');
}

function named(one: string, many: string, names: readonly string[]): string {
  return `the ${names.length === 1 ? one : many} ${list(names, 'or')}`;
}

function describeRunner({ runner: where }: Origin, system: string): string {
  if (where === 'github-hosted') {
    return `It must run on a fresh machine of ${system}, not on one of the project’s own.`;
  }
  return `It must run on a machine of ${named('group', 'groups', where.groups)}.`;
}

function describeBuilder({ builder }: Origin): string {
  if (builder === undefined)
    return 'The workflow itself must attest the build, not a reusable one that it calls.';
  return `The reusable workflow ${builder.uri} must build and attest it, called at ${builder.ref} and read from commit ${builder.digest}.`;
}
