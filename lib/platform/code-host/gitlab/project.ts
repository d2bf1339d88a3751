/** A project as GitLab describes it to whoever has a token. Without one it leaves out what is asked here: such an answer can't be read. */
import { z } from 'zod';
import { osiApprovedIdOf } from '#core/licence/index.ts';
import type { HostedRepository } from '../code-host.ts';
import { CodeHostError } from '../error.ts';
import type { AskedRepository } from '../questions.ts';
import { placeOf } from './address.ts';

const text = z.string().max(100_000).nullish();
const time = z
  .string()
  .max(40)
  .refine((value) => !Number.isNaN(Date.parse(value)), 'a time');
const id = z.number().int().positive();

export const projectSchema = z.object({
  id,
  path_with_namespace: z
    .string()
    .max(1_000)
    .refine((path) => placeOf(path) !== null, 'a path of a project'),
  namespace: z.object({ id, kind: z.string().max(40), full_path: z.string().max(1_000) }),
  /** Of a project in somebody's own namespace. */
  owner: z.object({ id }).nullish(),
  visibility: z.enum(['public', 'internal', 'private']),
  archived: z.boolean(),
  forked_from_project: z.object({ id }).nullish(),
  default_branch: z.string().min(1).max(300).nullish(),
  description: text,
  created_at: time,
  last_activity_at: time.nullish(),
  star_count: z.number().int().min(0).max(1e12),
  license: z.object({ key: z.string().max(100) }).nullish(),
  license_url: z.string().max(2_000).nullish(),
  ci_config_path: z.string().max(1_000).nullish(),
});
export type Project = z.output<typeof projectSchema>;

/** GitLab names licences by SPDX's ids in lower case, and says `other` where it saw one and can't tell which. */
export const licenceOf = ({ license }: Pick<Project, 'license'>): string | null => {
  if (license === null || license === undefined || license.key === 'other') return null;
  return osiApprovedIdOf(license.key) ?? license.key;
};

/** Rejects what isn't public, or has no commit yet, as what isn't there. */
export function publicOnly(project: Project, server: string): HostedRepository {
  const { owner, name } = placeOf(project.path_with_namespace) ?? { owner: '', name: '' };
  const branch = project.default_branch ?? '';
  if (project.visibility !== 'public' || branch === '')
    throw new CodeHostError('NOT_FOUND', `${project.path_with_namespace} is not public, or empty`);
  const licence = licenceOf(project);
  return {
    id: String(project.id),
    ownerId: String(project.namespace.id),
    // A namespace has a number of its own, which is another one than that of the person whose namespace it is.
    ownerAccountId: project.namespace.kind === 'user' && project.owner ? String(project.owner.id) : null,
    owner,
    name,
    uri: `${server}/${project.path_with_namespace}`,
    description: project.description ?? null,
    homepage: null,
    licence: licence !== null && /^[A-Za-z0-9.+-]{1,60}$/.test(licence) ? licence : null,
    defaultBranch: branch,
    archived: project.archived,
    fork: project.forked_from_project !== null && project.forked_from_project !== undefined,
    createdAt: new Date(project.created_at),
    pushedAt: typeof project.last_activity_at === 'string' ? new Date(project.last_activity_at) : null,
  };
}

export const toAsked = (project: Project): AskedRepository => ({
  id: String(project.id),
  fullName: project.path_with_namespace,
  name: placeOf(project.path_with_namespace)?.name ?? '',
  owner: { id: String(project.namespace.id), login: project.namespace.full_path },
  archived: project.archived,
  fork: project.forked_from_project !== null && project.forked_from_project !== undefined,
  private: project.visibility !== 'public',
  licence: licenceOf(project),
  defaultBranch: project.default_branch ?? '',
  homepage: null,
  createdAt: project.created_at,
  pushedAt: project.last_activity_at ?? null,
  stars: project.star_count,
});
