/** What can be asked about people, groups and projects. Everything answers to whoever has a token; some of it to nobody else. */
import { sha1 } from '../../github/objects.ts';
import type { Project, Projects } from './state.ts';
import {
  commitResource,
  fileResource,
  groupResource,
  issueResource,
  jobResource,
  memberResource,
  projectResource,
  releaseResource,
  treeResource,
  userBasic,
  userInFull,
  type Json,
} from './wire.ts';

export interface Call {
  readonly state: Projects;
  readonly signedIn: boolean;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Says 404, or leads to where a project is now. */
export class Elsewhere {
  readonly status: 301 | 302 | 401 | 404;
  readonly message: string;
  readonly location: string | null;
  constructor(status: 301 | 302 | 401 | 404, message: string, location: string | null = null) {
    this.status = status;
    this.message = message;
    this.location = location;
  }
}

/** Bytes of a file. */
export class Octets {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

export type Answer = Json | readonly Json[] | Elsewhere | Octets;
type Run = (call: Call) => Answer;

const nothing = (what: string): Elsewhere => new Elsewhere(404, `404 ${what} Not Found`);

/** By number or by path; what nobody may see isn't there. A path that was left leads to the number. */
const ofProject =
  (tail: string, run: (project: Project, call: Call) => Answer): Run =>
  (call) => {
    const { state } = call;
    const asked = call.path['id'] ?? '';
    const project = /^\d+$/.test(asked) ? state.projects.get(Number(asked)) : state.byPath(asked);
    const moved = state.moved.get(asked.toLowerCase());
    if (!project && moved !== undefined)
      return new Elsewhere(301, 'Moved Permanently', `/api/v4/projects/${moved}${tail}`);
    // What is internal, everybody with an account sees; what is private, its members, and the portal is none.
    if (project === undefined || project === null || project.visibility === 'private')
      return nothing('Project');
    if (project.visibility === 'internal' && !call.signedIn) return nothing('Project');
    return run(project, call);
  };

const needsToken =
  (run: Run): Run =>
  (call) =>
    call.signedIn ? run(call) : new Elsewhere(401, '401 Unauthorized');

const inRepository = (tail: string, run: (project: Project, call: Call) => Answer): Run =>
  ofProject(`/repository${tail}`, (project, call) =>
    project.defaultBranch === null ? nothing('Tree') : run(project, call),
  );

export const routes: Readonly<Record<string, Run>> = {
  '/users': ({ state, query }) =>
    [...state.users.values()]
      .filter(({ username }) => username.toLowerCase() === query.get('username')?.toLowerCase())
      .map(userBasic),
  '/users/:user_id': needsToken(({ state, path }) => {
    const user = state.users.get(Number(path['user_id']));
    return user === undefined ? nothing('User') : userInFull(user);
  }),
  '/users/:user_id/projects': ({ state, path, signedIn, query }) => {
    const user = Number(path['user_id']);
    if (!state.users.has(user)) return nothing('User');
    return [...state.projects.values()]
      .filter((project) => state.namespaces.get(project.namespaceId)?.userId === user)
      .filter((project) => project.visibility === 'public')
      .filter((project) => query.get('archived') !== 'false' || !project.archived)
      .map((project) => projectResource(state, project, { signedIn, license: false }));
  },
  '/groups/:group_id': ({ state, path }) => {
    const asked = (path['group_id'] ?? '').toLowerCase();
    for (const one of state.namespaces.values())
      if (one.kind === 'group' && one.fullPath.toLowerCase() === asked) return groupResource(one);
    return nothing('Group');
  },
  '/projects/:id': ofProject('', (project, { state, signedIn, query }) =>
    projectResource(state, project, { signedIn, license: query.get('license') === 'true' }),
  ),
  '/projects/:id/members/all/:user_id': needsToken(
    ofProject('', (project, { state, path }) => {
      const id = Number(path['user_id']);
      const [user, member] = [state.users.get(id), project.members.get(id)];
      return user === undefined || member === undefined ? nothing('Member') : memberResource(user, member);
    }),
  ),
  '/projects/:id/jobs/:job_id': ofProject('', (project, { state, path }) => {
    const id = Number(path['job_id']);
    const left = state.jobs.get(id);
    return left?.projectId === project.id ? jobResource(state, id, left) : nothing('Job');
  }),
  '/projects/:id/jobs/:job_id/artifacts/*artifact_path': ofProject('', (project, { state, path }) => {
    const left = state.jobs.get(Number(path['job_id']));
    const bytes = left?.files.get(path['artifact_path'] ?? '');
    if (left?.projectId !== project.id || left.removed || bytes === undefined) return nothing('Artifacts');
    return left.elsewhere === null ? new Octets(bytes) : new Elsewhere(302, 'Found', left.elsewhere);
  }),
  '/projects/:id/releases': ofProject('/releases', ({ releases }) => releases.map(releaseResource)),
  '/projects/:id/issues': ofProject('/issues', ({ issues }) => issues.map(issueResource)),
  '/projects/:id/starrers': ofProject('/starrers', ({ stars }, { state }) =>
    stars.flatMap(({ userId, at }) => {
      const user = state.users.get(userId);
      return user === undefined ? [] : [{ starred_since: at, user: userBasic(user) }];
    }),
  ),
  '/projects/:id/repository/tree': inRepository('/tree', ({ files }, { query }) =>
    treeResource(files, query.get('recursive') === 'true'),
  ),
  '/projects/:id/repository/contributors': inRepository('/contributors', ({ contributors }) =>
    contributors.map((one) => ({ ...one, additions: 0, deletions: 0 })),
  ),
  '/projects/:id/repository/commits': inRepository('/commits', ({ commits }, { query }) =>
    commits
      .filter((at) => Date.parse(at) >= Date.parse(query.get('since') ?? '1970-01-01'))
      .map(commitResource),
  ),
  '/projects/:id/repository/branches/:branch': inRepository('/branches', (project, { state, path }) => {
    const name = path['branch'] ?? '';
    if (name !== project.defaultBranch) return nothing('Branch');
    const isProtected = project.protectedBranches.has(name);
    return {
      name,
      commit: commitResource(project.lastActivityAt),
      merged: false,
      protected: isProtected,
      developers_can_push: !isProtected,
      developers_can_merge: !isProtected,
      can_push: false,
      default: true,
      web_url: `https://gitlab.com/${state.pathOf(project)}/-/tree/${sha1(name)}`,
    };
  }),
  '/projects/:id/repository/files/:file_path': inRepository('/files', ({ files }, { path, query }) => {
    const name = path['file_path'] ?? '';
    const text = query.get('ref') === 'HEAD' ? files.get(name) : undefined;
    return text === undefined ? nothing('File') : fileResource(name, text);
  }),
};
