/** Fields of `projects/<slug>/project.yaml`. */
import { programPhrase } from '../../formats/kind/index.ts';
import type { PolicyField } from './field.ts';
import {
  type Difference,
  type FormRow,
  type Judged,
  type Measure,
  authority,
  identity,
  loosens,
  neutral,
  shown,
  steps,
  text,
} from '../../field-record/index.ts';

const page: Measure = () => neutral('What the project says about itself decides nothing.');
const forPeople = text('This line');

const line = (label: string, hint: string, more: Partial<FormRow> = {}): FormRow => ({
  label,
  hint,
  kind: 'text',
  optional: false,
  ...more,
});

const team = (role: string, form?: FormRow): readonly PolicyField[] => [
  {
    path: `team ${role}`,
    measure: authority('Role in the project'),
    ...(form === undefined ? {} : { form }),
  },
  { path: `team ${role} *`, measure: authority('Role in the project') },
];

const handles = (label: string, hint: string): FormRow =>
  line(label, `${hint} Handles, one to a line.`, { kind: 'lines' });

export const projectFields: readonly PolicyField[] = [
  { path: 'name', measure: forPeople, form: line('Name', 'As people see it.') },
  { path: 'tagline', measure: forPeople, form: line('Tagline', 'One line.') },
  {
    path: 'description',
    measure: forPeople,
    form: line('Description', 'What the program does, in a few sentences that are true of every version.', {
      kind: 'textarea',
    }),
  },
  { path: 'homepage', measure: forPeople, form: line('Home page', 'https:// address.') },
  {
    path: 'download',
    measure: forPeople,
    form: line('Download page', 'https:// address where releases are offered.', { optional: true }),
  },
  {
    path: 'licence',
    measure: forPeople,
    form: line(
      'Licence',
      'SPDX expression, for example MIT or Apache-2.0 OR MIT. It must be approved by the Open Source Initiative.',
    ),
  },
  {
    path: 'category',
    measure: forPeople,
    form: line('Category', 'What it is for; people browse the projects by it.', {
      kind: 'choice',
      options: 'categories',
      optional: true,
    }),
  },
  {
    path: 'status',
    measure: steps('The status', ['active', 'paused', 'retired'], 'active'),
    form: line('Status', 'Nothing is signed for a project that is not active.', {
      kind: 'choice',
      options: [
        ['active', 'Active'],
        ['paused', 'Paused: requests are refused for now'],
        ['retired', 'Retired: requests are refused for good'],
      ],
    }),
  },
  { path: 'repository', measure: identity('The repository') },
  { path: 'repository uri', measure: identity("The repository's address") },
  { path: 'repository id', measure: identity("The repository's id") },
  { path: 'repository ownerId', measure: identity("The id of the repository's owner") },
  {
    path: 'program',
    measure: program,
    says: {
      section: 'Signature',
      sentences: ({ project }) => [
        `${project.name} is in the program ${project.program}, which signs ${programPhrase(project.program)}.`,
      ],
    },
  },
  { path: 'team', measure: authority('Role in the project') },
  ...team('authors', handles('Authors', 'May change the source without another’s review.')),
  ...team('reviewers', handles('Reviewers', 'Review changes by others.')),
  ...team('approvers', handles('Approvers', 'May approve releases; signing policies choose from these.')),
  ...team('submitters'),
  ...team('configurators'),
  {
    path: 'privacy',
    measure: page,
    says: {
      section: 'Privacy',
      sentences: ({ project }) => [
        project.privacy.policy === undefined
          ? `${project.name} sends no information to other systems unless the user asks for it.`
          : `What ${project.name} sends to other systems is described at ${project.privacy.policy}.`,
      ],
    },
  },
  {
    path: 'privacy policy',
    measure: page,
    form: line(
      'Privacy policy',
      'https:// address. If there is a line “collectsData: false”, remove it in the YAML editor.',
      { optional: true, needs: ['privacy', 'policy'] },
    ),
  },
  { path: 'privacy **', measure: page },
  {
    path: 'systemChanges',
    measure: page,
    says: {
      section: 'Changes to the system',
      sentences: ({ project: { name, systemChanges } }) =>
        systemChanges === undefined
          ? []
          : [
              systemChanges.description === undefined
                ? `${name} changes nothing on the system beyond its own files and settings.`
                : `What ${name} changes on the system, and how to undo it, is described at ${systemChanges.description}.`,
            ],
    },
  },
  { path: 'systemChanges **', measure: page },
];

/** Each program requires a review of its own, and which of two requires more can't be told here. */
function program({ before, after }: Difference): Judged {
  return loosens(
    `The project moves from the program ${shown(before)} to ${shown(after)}: it has to be reviewed for the new one.`,
  );
}
