import { firstConfigurations } from '../../policy-tools/first-configurations/index.ts';
import type { Foundation } from '#core/generated/index.ts';
import { providerOf, providers, type ProviderName } from '#core/origin/index.ts';
import { licenceCharactersMax } from '#core/licence/index.ts';
import {
  buildSystemFor,
  buildSystemsFor,
  lackOfBuildSystem,
  providerFor,
  type Builders,
  type BuildSystemChoice,
} from './build-systems.ts';
import { projectCategories } from '../../policy-tools/project-category/index.ts';

export type Admission = NonNullable<Foundation['admission']>;

export interface QuestionField {
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  readonly kind: 'text' | 'textarea' | 'url' | 'email' | 'choice' | 'checkbox' | 'keys';
  readonly optional: boolean;
  readonly charactersMax: number;
  /** Of a choice. */
  readonly options: readonly {
    readonly value: string;
    readonly label: string;
    readonly hint: string | null;
  }[];
}

/** One page of the application: one thing. */
export interface Question {
  /** In the address. */
  readonly id: string;
  readonly title: string;
  readonly hint: string | null;
  readonly fields: readonly QuestionField[];
  /** Of a build: the provider of each build system that can be chosen, and of the one that is meant where none is, by an empty name. */
  readonly providers?: Readonly<Record<string, ProviderName>>;
  /** Which answer ends the application, and what is said then; null: none does. */
  readonly gate: {
    readonly wanted: 'yes' | 'no';
    readonly reason: string;
    readonly alternatives: readonly string[];
  } | null;
}

type FieldInput = Partial<QuestionField> & Pick<QuestionField, 'name' | 'label' | 'kind'>;

const field = (input: FieldInput): QuestionField => ({
  hint: null,
  optional: false,
  charactersMax: input.kind === 'textarea' ? 4_000 : input.kind === 'keys' ? 8_000 : 300,
  options: [],
  ...input,
});

const question = (
  id: string,
  title: string,
  fields: readonly FieldInput[],
  hint: string | null = null,
): Question => ({
  id,
  title,
  hint,
  gate: null,
  fields: fields.map(field),
});

const yesOrNo = [
  { value: 'yes', label: 'Yes', hint: null },
  { value: 'no', label: 'No', hint: null },
];

/**
 * All questions in the order they are asked. What the foundation asks for comes from its own file; what the rest of the
 * system needs (a repository, a name, people) is here. `builders`: those of the trust root; who has a choice is asked.
 */
export function applicationQuestions(
  admission: Admission,
  answers: Readonly<Record<string, Readonly<Record<string, string>>>>,
  builders: Builders = { buildSystems: [] },
): readonly Question[] {
  const chosen = answers['program']?.['program'];
  const program = admission.programs.find((admissionProgram) => admissionProgram.program === chosen);
  const repository = answers['repository']?.['uri'] ?? '';
  const able = buildSystemsFor(builders, repository);
  const preselected = buildSystemFor(builders, { repository, chosen: '' });
  const provider = providerFor(builders, repository);
  const lack = repository === '' ? null : lackOfBuildSystem(builders, repository);
  return [
    question('program', 'What do you want to have signed?', [
      {
        name: 'program',
        label: 'Program',
        kind: 'choice',
        options: admission.programs.map((admissionProgram) => ({
          value: admissionProgram.program,
          label: admissionProgram.title,
          hint: admissionProgram.summary,
        })),
      },
    ]),
    ...admission.eligibility.map((eligibilityQuestion): Question => ({
      id: `eligible-${eligibilityQuestion.id}`,
      title: eligibilityQuestion.question,
      hint: eligibilityQuestion.hint ?? null,
      fields: [
        field({ name: 'answer', label: eligibilityQuestion.question, kind: 'choice', options: yesOrNo }),
      ],
      gate: {
        wanted: eligibilityQuestion.wanted,
        reason: eligibilityQuestion.reason,
        alternatives: eligibilityQuestion.alternatives ?? [],
      },
    })),
    question('repository', 'Where is the source?', [
      {
        name: 'uri',
        label: 'Address of the repository',
        hint: 'For example https://github.com/owner/name. It has to be public.',
        kind: 'url',
      },
    ]),
    question('name', 'What is the project called?', [
      {
        name: 'name',
        label: 'Name',
        hint: 'As users know it. It must not be taken for another project’s.',
        kind: 'text',
        charactersMax: 64,
      },
      { name: 'tagline', label: 'In one line', kind: 'text', charactersMax: 140 },
    ]),
    question('description', 'What does it do?', [
      {
        name: 'description',
        label: 'Description',
        hint: 'In a few sentences that hold for every version.',
        kind: 'textarea',
        charactersMax: 2_000,
      },
      {
        name: 'category',
        label: 'What is it for?',
        hint: 'People browse the projects by it.',
        kind: 'choice',
        optional: true,
        options: projectCategories.map(([value, label]) => ({ value, label, hint: null })),
      },
    ]),
    question('pages', 'Where do users find it?', [
      { name: 'homepage', label: 'Home page', kind: 'url' },
      {
        name: 'download',
        label: 'Download page',
        hint: 'Where releases are offered.',
        kind: 'url',
        optional: true,
      },
    ]),
    question('licence', 'Which licence is it under?', [
      {
        name: 'licence',
        label: 'SPDX expression',
        hint: 'For example MIT, or Apache-2.0 OR MIT where users may choose, or MIT AND BSD-3-Clause where parts are under different ones. It has to be one that the Open Source Initiative has approved: opensource.org/licenses.',
        kind: 'text',
        charactersMax: licenceCharactersMax,
      },
    ]),
    question('privacy', 'Does it send anything to other systems by itself?', [
      { name: 'sends', label: 'Sends information', kind: 'choice', options: yesOrNo },
      {
        name: 'policy',
        label: 'Address of the privacy policy',
        hint: 'Needed where it does.',
        kind: 'url',
        optional: true,
      },
    ]),
    question('system-changes', 'Does it change anything on the system beyond its own files and settings?', [
      { name: 'changes', label: 'Changes the system', kind: 'choice', options: yesOrNo },
      {
        name: 'page',
        label: 'Page that announces the changes and says how to undo them',
        hint: 'Needed where it does.',
        kind: 'url',
        optional: true,
      },
    ]),
    {
      ...question(
        'build',
        'How are releases built?',
        [
          ...buildSystemField(able, preselected),
          {
            name: 'workflow',
            label: 'Workflow file or CI configuration',
            hint: `Path in the repository. Left empty, your policy will say ${providers[provider].projects.buildFile}; there need be no such file yet.`,
            kind: 'text',
            optional: true,
          },
          {
            name: 'tags',
            label: 'Tags that are released',
            hint: 'A pattern, for example v*. Several are joined by commas. Only what is built from such a tag is signed. Left empty, your policy will say v*.',
            kind: 'text',
            optional: true,
            charactersMax: 200,
          },
          {
            name: 'kind',
            label: 'What is submitted for signing',
            kind: 'choice',
            optional: true,
            options: firstConfigurations.map(({ kind, label, hint }) => ({ value: kind, label, hint })),
          },
          {
            name: 'artifacts',
            label: 'What comes out of it',
            hint: 'For example: one installer (.exe), and a zip with the program.',
            kind: 'textarea',
            optional: true,
            charactersMax: 1_000,
          },
        ],
        lack === null ? null : `${lack.message} ${lack.fix}`,
      ),
      providers: {
        '': provider,
        ...Object.fromEntries(able.map((system) => [system.name, providerOf(system)])),
      },
    },
    question(
      'approver',
      'Who approves releases?',
      [
        {
          name: 'handle',
          label: 'Your short name here',
          hint: '1 to 40 lower-case letters, digits and inner hyphens. Others come later, by a change of the policy.',
          kind: 'text',
          charactersMax: 40,
        },
        {
          name: 'keys',
          label: 'Your public SSH keys',
          hint: 'One to a line, as in ~/.ssh/id_ed25519.pub. Approvals are signed with them. They can be added later, and until then your project gets a policy for test signatures only.',
          kind: 'keys',
          optional: true,
        },
      ],
      'A release goes out only after a maintainer has signed for that very file.',
    ),
    ...(program?.reputationReview === true
      ? [
          question(
            'reputation',
            'Why should people know it?',
            [
              {
                name: 'evidence',
                label: 'Evidence',
                hint: 'Distribution packages, articles by others, numbers of users, years. One to a line, with links.',
                kind: 'textarea',
                charactersMax: 4_000,
              },
            ],
            'Reviewers consider what is hard to fake. Stars and downloads count little.',
          ),
        ]
      : []),
    question('contact', 'How do we reach you?', [
      { name: 'name', label: 'Your name', kind: 'text', charactersMax: 100 },
      { name: 'email', label: 'E-mail', hint: 'Only reviewers see it.', kind: 'email' },
    ]),
    question('declaration', 'What the project promises', [
      {
        name: 'agreed',
        label: 'I speak for the project, what I have written is true, and the project keeps these promises.',
        kind: 'checkbox',
      },
    ]),
  ];
}

const titleOf = ({ name, displayName }: BuildSystemChoice): string => displayName ?? name;

function buildSystemField(
  buildSystems: readonly BuildSystemChoice[],
  preselected: BuildSystemChoice | undefined,
): readonly FieldInput[] {
  if (preselected === undefined || buildSystems.length === 1) return [];
  return [
    {
      name: 'system',
      label: 'Build system',
      hint: `It proves to the signer what a file was built from. If you choose none, your policy will say ${titleOf(preselected)}.`,
      kind: 'choice',
      optional: true,
      options: buildSystems.map((system) => ({ value: system.name, label: titleOf(system), hint: null })),
    },
  ];
}

export function findQuestion(questions: readonly Question[], id: string): Question | null {
  return questions.find((question) => question.id === id) ?? null;
}
