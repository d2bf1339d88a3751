/** Lines that every provider has whose code host can be asked: docs/guides/code-host.md. */
import { allowList, loosens, steps, type Difference, type Judged } from '../../field-record/index.ts';
import type { Origin } from '../../generated/index.ts';
import { list } from '../../text/list/index.ts';
import type { OriginField } from '../field.ts';

export const hostEnforces = (host: string): string => `signer, who asks ${host}`;

/** Lines of an origin that the host has to answer. */
type LinesIn<O extends Origin> = (origin: O) => readonly string[];

export const commitOnFields = (host: string): readonly OriginField[] => [
  {
    path: 'commitOn',
    schema: {
      description:
        'Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: {
        description: 'The name of a branch.',
        type: 'string',
        maxLength: 200,
        pattern: '^[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+$',
      },
    },
    measure: measureCommitOn,
    says: ({ origin: { commitOn } }) =>
      commitOn === undefined ? [] : [`The commit must be on the branch ${list(commitOn, 'or')}.`],
    asksHost: ({ commitOn }) => (commitOn === undefined ? null : 'which branch a commit is on'),
    form: {
      label: 'Branches of the commit',
      hint: 'One to a line; the commit must be on one of them. Empty: the branch that was built, and of a tag the default branch.',
      kind: 'lines',
      optional: true,
    },
    reference: {
      meaning: `Up to three branches, by name: the commit must be on one of them (rule \`origin.host-commit\`). Left out: the built branch, and of a tag the default branch, wherever ${host} is asked`,
      enforcedBy: hostEnforces(host),
    },
  },
  { path: 'commitOn *', measure: allowList('A commit on the branch') },
];

/** The list allows; that there is one asks for something. */
function measureCommitOn(difference: Difference): Judged {
  const { before, after } = difference;
  if (before === undefined) return loosens('Commits on other branches than before may be built.');
  if (after === undefined) return loosens('Which branch a commit is on is not asked by name any more.');
  return allowList('A commit on the branch')(difference, { before: null, after: null });
}

export const codeHostField = <O extends Origin>({
  host,
  asked,
  meaning,
  about,
  linesIn,
}: {
  readonly host: string;
  /** What it is asked, after "asks GitHub itself". */
  readonly asked: string;
  /** The same with the rules, for the reference. */
  readonly meaning: string;
  readonly about: string;
  readonly linesIn: LinesIn<O>;
}): OriginField<O> => ({
  path: 'codeHost',
  schema: {
    description: `asked: ${host} itself is asked about ${about}. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.`,
    enum: ['not-asked', 'asked'],
  },
  measure: steps(`Whether ${host} itself is asked`, ['not-asked', 'asked'], 'not-asked'),
  says: ({ origin }) => (linesIn(origin).length === 0 ? [] : [`The signer asks ${host} itself ${asked}.`]),
  asksHost: ({ codeHost }) => (codeHost === 'asked' ? `what ${host} says of a build` : null),
  form: {
    label: `${host} itself`,
    hint: `Whether the signer asks ${host} about the build before it signs, too, and not only the certificate.`,
    kind: 'choice',
    options: [
      ['not-asked', 'Not asked'],
      ['asked', 'Asked'],
    ],
    optional: true,
  },
  reference: {
    meaning: `${meaning}. Every other line that ${host} answers implies it. \`not-asked\` (default)`,
    enforcedBy: hostEnforces(host),
  },
});

export const unknownField = <O extends Origin>(host: string, linesIn: LinesIn<O>): OriginField<O> => ({
  path: 'unknown',
  schema: {
    description: `What it means that ${host} doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.`,
    enum: ['allow', 'deny'],
  },
  measure: steps(`What ${host} doesn’t answer`, ['allow', 'deny'], 'deny'),
  says: ({ origin }) =>
    origin.unknown === 'allow' && linesIn(origin).length > 0
      ? [`What ${host} doesn’t answer refuses nothing.`]
      : [],
  lint: ({ unknown }, purpose) =>
    purpose === 'release' && unknown === 'allow'
      ? [
          {
            rule: 'lint.host-unknown-allowed',
            path: ['unknown'],
            message: `Whoever keeps ${host} from answering, or the signer from asking, switches these rules off.`,
            fix: 'Remove the line, and give the signer the rights that it lacks.',
          },
        ]
      : [],
  form: {
    label: `Where ${host} doesn’t answer`,
    hint: `What happens to a file about which ${host} doesn’t answer a question of the policy.`,
    kind: 'choice',
    options: [
      ['deny', 'It is refused'],
      ['allow', 'It is signed'],
    ],
    optional: true,
  },
  reference: {
    meaning: `\`deny\` (default): what ${host} doesn’t answer is refused by the rule that asked. \`allow\`: it is a warning in the trace (rule \`origin.host-unknown\`)`,
    enforcedBy: hostEnforces(host),
  },
});
