/** What software is for, for browsing the directory of projects. It has no other effect. */
import type { Project } from '#core/generated/index.ts';

export type ProjectCategory = NonNullable<Project['category']>;

/** As people see them, in the order of their names; a category of the schema without a label is a type error. */
const labels: Readonly<Record<ProjectCategory, string>> = {
  accessibility: 'Accessibility',
  communication: 'Communication',
  databases: 'Databases',
  development: 'Development tools',
  education: 'Education',
  games: 'Games',
  graphics: 'Graphics and design',
  media: 'Audio and video',
  network: 'Network and web',
  office: 'Office and writing',
  science: 'Science and engineering',
  security: 'Security and privacy',
  system: 'System tools',
};

export const projectCategories: readonly (readonly [value: ProjectCategory, label: string])[] = (
  Object.keys(labels) as ProjectCategory[]
).map((value) => [value, labels[value]]);

export function categoryLabel(category: ProjectCategory): string {
  return labels[category];
}

/** → null for anything but a category. */
export function parseCategory(value: string): ProjectCategory | null {
  return Object.hasOwn(labels, value) ? (value as ProjectCategory) : null;
}
