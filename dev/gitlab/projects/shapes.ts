/**
 * Answers as GitLab documents them, by the tables and examples of https://docs.gitlab.com/api: what each of them always has. Written from there and not
 * from what the portal reads, so that a fake which leaves something out is found out.
 */
import { z } from 'zod';
import { jobMembers } from '../job-shape.ts';

const id = z.int();
const text = z.string();
const textOrNull = text.nullable();
const time = z.iso.datetime({ offset: true });
const sha = text.regex(/^[0-9a-f]{40}$/);

const namespace = z.looseObject({
  id,
  name: text,
  path: text,
  kind: z.enum(['group', 'user']),
  full_path: text,
  parent_id: id.nullable(),
  avatar_url: textOrNull,
  web_url: z.url(),
});
const userBasic = z.looseObject({
  id,
  username: text,
  name: text,
  state: z.enum(['active', 'awaiting', 'blocked']),
  avatar_url: textOrNull,
  web_url: z.url(),
});
const basicProject = z.looseObject({
  id,
  description: textOrNull,
  name: text,
  name_with_namespace: text,
  path: text,
  path_with_namespace: text,
  created_at: time,
  default_branch: textOrNull,
  topics: z.array(text),
  ssh_url_to_repo: text,
  http_url_to_repo: z.url(),
  web_url: z.url(),
  readme_url: textOrNull,
  forks_count: z.int(),
  avatar_url: textOrNull,
  star_count: z.int(),
  last_activity_at: time,
  namespace,
});
const license = z.looseObject({
  key: text,
  name: text,
  nickname: textOrNull,
  html_url: text,
  source_url: textOrNull,
});
/** https://docs.gitlab.com/api/projects/#retrieve-a-project, with a token */
const project = basicProject.extend({
  empty_repo: z.boolean(),
  archived: z.boolean(),
  visibility: z.enum(['private', 'internal', 'public']),
  owner: userBasic.optional(),
  creator_id: id,
  forked_from_project: basicProject.optional(),
  ci_config_path: textOrNull,
  license_url: textOrNull.optional(),
  license: license.nullable().optional(),
});

/** https://docs.gitlab.com/api/users/#retrieve-a-user */
const user = userBasic.extend({
  created_at: time,
  bio: textOrNull,
  website_url: text,
  organization: textOrNull,
  bot: z.boolean(),
  followers: z.int(),
  following: z.int(),
});

/** https://docs.gitlab.com/api/groups/#retrieve-a-group */
const group = z.looseObject({
  id,
  name: text,
  path: text,
  description: text,
  visibility: text,
  avatar_url: textOrNull,
  web_url: z.url(),
  full_name: text,
  full_path: text,
  parent_id: id.nullable(),
  created_at: time,
});

/** https://docs.gitlab.com/api/project_members */
const member = userBasic.extend({ access_level: z.int(), created_at: time, expires_at: textOrNull });

/** https://docs.gitlab.com/api/releases */
const release = z.looseObject({
  tag_name: text,
  description: text,
  name: text,
  created_at: time,
  released_at: time,
  upcoming_release: z.boolean(),
  author: z.looseObject({ id }),
  commit: z.looseObject({ id: sha }),
  assets: z.looseObject({
    count: z.int(),
    sources: z.array(z.looseObject({ format: text, url: z.url() })),
    links: z.array(z.looseObject({ id, name: text, url: z.url(), link_type: text })),
  }),
});

/** https://docs.gitlab.com/api/commits */
const commit = z.looseObject({
  id: sha,
  short_id: text,
  title: text,
  message: text,
  author_name: text,
  author_email: text,
  authored_date: time,
  committed_date: time,
  created_at: time,
  parent_ids: z.array(sha),
  web_url: z.url(),
});
/** https://docs.gitlab.com/api/repositories */
const entry = z.looseObject({ id: sha, name: text, type: z.enum(['tree', 'blob']), path: text, mode: text });
const contributor = z.looseObject({
  name: text,
  email: text,
  commits: z.int(),
  additions: z.int(),
  deletions: z.int(),
});
/** https://docs.gitlab.com/api/branches */
const branch = z.looseObject({
  name: text,
  merged: z.boolean(),
  protected: z.boolean(),
  default: z.boolean(),
  developers_can_push: z.boolean(),
  developers_can_merge: z.boolean(),
  can_push: z.boolean(),
  web_url: z.url(),
});
/** https://docs.gitlab.com/api/repository_files */
const file = z.looseObject({
  file_name: text,
  file_path: text,
  size: z.int(),
  encoding: z.literal('base64'),
  content: z.base64(),
  content_sha256: text,
  ref: text,
  blob_id: sha,
  commit_id: sha,
  last_commit_id: sha,
});
/** https://docs.gitlab.com/api/jobs/#retrieve-a-job */
const job = z.looseObject({
  ...jobMembers,
  status: text,
  created_at: time,
  started_at: time,
  finished_at: time,
  erased_at: time.nullable(),
  commit,
  user: z.looseObject({ id }),
  pipeline: z.looseObject({ id, project_id: id, ref: text, sha, status: text }),
  artifacts: z.array(z.looseObject({ file_type: text, size: id, filename: text, file_format: text })),
  artifacts_file: z.looseObject({ filename: text, size: id }).optional(),
  artifacts_expire_at: time.nullable(),
});
/** https://docs.gitlab.com/api/issues */
const issue = z.looseObject({
  id,
  iid: id,
  title: text,
  state: z.enum(['opened', 'closed']),
  created_at: time,
  updated_at: time,
  closed_at: time.nullable(),
  author: z.looseObject({ id }),
});
/** https://docs.gitlab.com/api/project_starring */
const star = z.looseObject({ starred_since: time, user: userBasic });

/** Path below /api/v4 → what answers there to whoever has a token. */
export const shapes: Readonly<Record<string, z.ZodType>> = {
  '/users': z.array(userBasic),
  '/users/:user_id': user,
  '/users/:user_id/projects': z.array(project),
  '/groups/:group_id': group,
  '/projects/:id': project,
  '/projects/:id/members/all/:user_id': member,
  '/projects/:id/jobs/:job_id': job,
  '/projects/:id/releases': z.array(release),
  '/projects/:id/issues': z.array(issue),
  '/projects/:id/starrers': z.array(star),
  '/projects/:id/repository/tree': z.array(entry),
  '/projects/:id/repository/contributors': z.array(contributor),
  '/projects/:id/repository/commits': z.array(commit),
  '/projects/:id/repository/branches/:branch': branch,
  '/projects/:id/repository/files/:file_path': file,
};
