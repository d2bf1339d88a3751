/** Which values of which kind a form offers, in the words of whoever reads it. The rest is for the YAML editor. */
import { projectCategories } from '../project-category/index.ts';
import type { Kind } from '#core/generated/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';

export interface FieldSpec {
  readonly path: DocumentPath;
  readonly label: string;
  /** What it means for what gets signed. */
  readonly hint: string;
  readonly kind: 'text' | 'textarea' | 'number' | 'lines' | 'choice' | 'checkboxes';
  /** Values and what they are called; `certificates`, `artifacts`, `approvers` are the project's own. */
  readonly options?:
    readonly (readonly [value: string, label: string])[] | 'certificates' | 'artifacts' | 'approvers';
  /** Left empty, the line goes away. */
  readonly optional: boolean;
  /** Only offered where the file has this already: what a form can't make whole it doesn't begin. */
  readonly needs?: DocumentPath;
  /** Only offered where the foundation lets projects bring their own certificates, or the file says it already. */
  readonly ownCertificates?: true;
}

const origin: DocumentPath = ['origin'];

const signingPolicy: readonly FieldSpec[] = [
  {
    path: ['description'],
    label: 'Description',
    hint: 'A sentence for the public page. It decides nothing.',
    kind: 'text',
    optional: true,
  },
  {
    path: ['certificate'],
    label: 'Certificate',
    hint: 'Whose name users see. A certificate serves releases or tests, never both.',
    kind: 'choice',
    options: 'certificates',
    optional: false,
  },
  {
    path: ['publisher'],
    label: 'Publisher',
    hint: 'Whose name the certificate carries. The project’s own is issued by another authority, imported by the foundation, and revoked by that authority alone. Not said: the foundation.',
    kind: 'choice',
    options: [
      ['foundation', 'The foundation'],
      ['project', 'The project itself'],
    ],
    optional: true,
    ownCertificates: true,
  },
  {
    path: ['artifactConfiguration'],
    label: 'Artifact configuration',
    hint: 'What the submitted file must hold, and which parts get signed.',
    kind: 'choice',
    options: 'artifacts',
    optional: false,
  },
  {
    path: ['origin', 'workflow'],
    label: 'Workflow',
    hint: 'The workflow file that builds releases. A file built by any other is refused.',
    kind: 'text',
    optional: false,
    needs: origin,
  },
  {
    path: ['origin', 'refs', 'branches'],
    label: 'Branches',
    hint: 'One to a line; exact names, or patterns with * and **. What is built from another branch is refused.',
    kind: 'lines',
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'refs', 'tags'],
    label: 'Tags',
    hint: 'One to a line; exact names, or patterns with * and **.',
    kind: 'lines',
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'triggers'],
    label: 'Triggers',
    hint: 'Which events may start the build.',
    kind: 'checkboxes',
    options: [
      ['push', 'A push'],
      ['release', 'A published release'],
      ['workflow_dispatch', 'Started by hand'],
    ],
    optional: false,
    needs: origin,
  },
  {
    path: ['origin', 'reruns'],
    label: 'Repeated builds',
    hint: 'Whether a second try of the same run may be signed.',
    kind: 'choice',
    options: [
      ['refused', 'Refused'],
      ['allowed', 'Allowed'],
    ],
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'maximumAgeHours'],
    label: 'Maximum age in hours',
    hint: 'How old a build may be when it is checked. Waiting for approval counts. Empty: any age.',
    kind: 'number',
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'builder', 'uri'],
    label: 'Reusable builder: address',
    hint: 'A reusable workflow that has to do the build, for example https://github.com/OWNER/REPO/.github/workflows/build.yml. Empty: the project’s own workflow.',
    kind: 'text',
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'builder', 'ref'],
    label: 'Reusable builder: ref',
    hint: 'For example refs/tags/v2.1.0.',
    kind: 'text',
    optional: true,
    needs: origin,
  },
  {
    path: ['origin', 'builder', 'digest'],
    label: 'Reusable builder: commit',
    hint: 'The 40 hexadecimal digits of the commit.',
    kind: 'text',
    optional: true,
    needs: origin,
  },
  {
    path: ['approval', 'approvers'],
    label: 'Approvers',
    hint: 'Whose signature counts for a release. One of them who denies ends the request.',
    kind: 'checkboxes',
    options: 'approvers',
    optional: false,
  },
  {
    path: ['approval', 'quorum'],
    label: 'How many have to approve',
    hint: '0 only for trying out.',
    kind: 'number',
    optional: false,
  },
  {
    path: ['timestamp'],
    label: 'Timestamp',
    hint: 'With one, signatures stay valid after the certificate has ended.',
    kind: 'choice',
    options: [
      ['required', 'Required'],
      ['none', 'None'],
    ],
    optional: false,
  },
  {
    path: ['submitters', 'people'],
    label: 'Who hands requests in: people',
    hint: 'Handles, one to a line. Empty together with the next one: the team, and every token of the project.',
    kind: 'lines',
    optional: true,
  },
  {
    path: ['submitters', 'tokens'],
    label: 'Who hands requests in: tokens',
    hint: 'Names of API tokens, one to a line.',
    kind: 'lines',
    optional: true,
  },
];

const project: readonly FieldSpec[] = [
  { path: ['name'], label: 'Name', hint: 'As people see it.', kind: 'text', optional: false },
  { path: ['tagline'], label: 'Tagline', hint: 'One line.', kind: 'text', optional: false },
  {
    path: ['description'],
    label: 'Description',
    hint: 'What the program does, in a few sentences that hold for every version.',
    kind: 'textarea',
    optional: false,
  },
  { path: ['homepage'], label: 'Home page', hint: 'https:// address.', kind: 'text', optional: false },
  {
    path: ['download'],
    label: 'Download page',
    hint: 'https:// address where releases are offered.',
    kind: 'text',
    optional: true,
  },
  {
    path: ['licence'],
    label: 'Licence',
    hint: 'SPDX expression, for example MIT or Apache-2.0 OR MIT. The Open Source Initiative has to have approved it.',
    kind: 'text',
    optional: false,
  },
  {
    path: ['category'],
    label: 'Category',
    hint: 'What it is for; people browse the projects by it.',
    kind: 'choice',
    options: projectCategories,
    optional: true,
  },
  {
    path: ['status'],
    label: 'Status',
    hint: 'Nothing is signed for a project that is not active.',
    kind: 'choice',
    options: [
      ['active', 'Active'],
      ['paused', 'Paused: requests are refused for now'],
      ['retired', 'Retired: requests are refused for good'],
    ],
    optional: false,
  },
  ...(
    [
      ['authors', 'Authors', 'May change the source without another’s review.'],
      ['reviewers', 'Reviewers', 'Review changes by others.'],
      ['approvers', 'Approvers', 'May approve releases; signing policies choose from these.'],
    ] as const
  ).map(([role, label, hint]): FieldSpec => ({
    path: ['team', role],
    label,
    hint: `${hint} Handles, one to a line.`,
    kind: 'lines',
    optional: false,
  })),
  {
    path: ['privacy', 'policy'],
    label: 'Privacy policy',
    hint: 'https:// address. The line “collectsData: false” has to go where there is one: use the YAML editor for that.',
    kind: 'text',
    optional: true,
    needs: ['privacy', 'policy'],
  },
];

const person: readonly FieldSpec[] = [
  { path: ['name'], label: 'Name', hint: 'The name that people see.', kind: 'text', optional: false },
  {
    path: ['githubId'],
    label: 'Numeric id on GitHub',
    hint: 'Logins get reused, ids don’t.',
    kind: 'text',
    optional: false,
  },
];

export const formFields: Readonly<Partial<Record<Kind, readonly FieldSpec[]>>> = {
  SigningPolicy: signingPolicy,
  Project: project,
  Person: person,
};
