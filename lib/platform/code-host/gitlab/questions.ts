/** Each question about a project: where GitLab answers it, and how people are told. */
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { CodeHostError } from '../error.ts';
import type {
  HostAnswer,
  HostAnswers,
  HostQuestion,
  HostQuestionName,
  HostQuestions,
  QuestionPlace,
  RepositoryPlace,
} from '../questions.ts';
import { pick, readAnswer, weekMilliseconds } from './answers.ts';
import type { GitLab } from './ask.ts';
import { pathOf } from './paths.ts';

const usersSchema = z
  .array(z.object({ id: z.number().int().positive(), username: z.string().max(300) }))
  .max(100);

type Raw = Omit<HostAnswer<unknown>, 'value'>;

interface Route<Place = QuestionPlace> {
  /** As GitLab's reference has it. */
  readonly asked: string;
  readonly applies?: (place: Place) => boolean;
  /** null: still what `etag` named. */
  readonly ask: (gitlab: GitLab, place: Place, etag: string | null) => Promise<Raw | null>;
}

const treePagesMax = 20;
/** A year of 3,000 commits. */
const commitPagesMax = 30;
const starsPerPage = 100;
const lastStarPage = ({ stars }: QuestionPlace): number => Math.max(1, Math.ceil(stars / starsPerPage));
const projectMembers = [
  ...['id', 'path_with_namespace', 'namespace', 'owner', 'visibility', 'archived', 'forked_from_project'],
  ...['default_branch', 'description', 'created_at', 'last_activity_at', 'star_count', 'license'],
  ...['license_url', 'ci_config_path', 'web_url', 'topics'],
];
const ownerMembers = [
  ...['id', 'full_path', 'username', 'name', 'description', 'bio', 'organization', 'website_url'],
  ...['created_at', 'web_url'],
];

/** One request, of whose answer these members are kept; of lists, of each item. */
const one =
  <Place extends RepositoryPlace>(
    path: (place: Place) => string,
    members: readonly string[],
  ): Route<Place>['ask'] =>
  async (gitlab, place, etag) => {
    const answer = await gitlab.ask(path(place), etag);
    return answer === null ? null : { raw: pick(answer.body, members), etag: answer.etag };
  };

const below =
  (tail: string) =>
  (place: RepositoryPlace): string =>
    `${pathOf(place)}${tail}`;

/** A namespace is a group's or a person's: which, the answer says. */
async function askOwner(gitlab: GitLab, { owner }: QuestionPlace): Promise<Raw> {
  const name = encodeURIComponent(owner);
  try {
    const answer = await gitlab.ask(`/groups/${name}?with_projects=false`);
    return { raw: { group: pick(answer?.body, ownerMembers) }, etag: null };
  } catch (error) {
    if (!isError(error, CodeHostError) || error.code !== 'NOT_FOUND' || owner.includes('/')) throw error;
  }
  const id = await userIdOf(gitlab, owner);
  const answer = await gitlab.ask(`/users/${id}`);
  return { raw: { user: pick(answer?.body, ownerMembers) }, etag: null };
}

/** By the name that people see: it is compared here, too, as GitLab finds names in any case. */
export async function userIdOf(gitlab: GitLab, username: string): Promise<string> {
  const path = `/users?username=${encodeURIComponent(username)}`;
  const users = await gitlab.read(path, usersSchema);
  const found = users.find((user) => user.username.toLowerCase() === username.toLowerCase());
  if (found !== undefined) return String(found.id);
  throw new CodeHostError('NOT_FOUND', `GET ${path}: nobody has that name`);
}

const repository: Route<RepositoryPlace> = {
  asked: 'GET /projects/{id}',
  ask: one(below('?license=true'), projectMembers),
};

const routesAt = (now: () => Date): Readonly<Record<Exclude<HostQuestionName, 'repository'>, Route>> => ({
  owner: { asked: 'GET /groups/{id}, or GET /users/{id}', ask: askOwner },
  community: {
    asked: 'GET /projects/{id}/repository/tree',
    ask: one(below('/repository/tree?ref=HEAD&per_page=100'), ['path', 'type']),
  },
  licence: {
    asked: 'GET /projects/{id}?license=true',
    ask: one(below('?license=true'), ['path_with_namespace', 'license', 'license_url']),
  },
  releases: {
    asked: 'GET /projects/{id}/releases',
    ask: one(below('/releases?per_page=100'), ['tag_name', 'released_at', 'upcoming_release', 'assets']),
  },
  contributors: {
    asked: 'GET /projects/{id}/repository/contributors',
    ask: one(below('/repository/contributors?order_by=commits&sort=desc&per_page=100'), ['name', 'commits']),
  },
  rules: {
    asked: 'GET /projects/{id}/repository/branches/{branch}',
    ask: one(
      (place) => `${pathOf(place)}/repository/branches/${encodeURIComponent(place.branch)}`,
      ['name', 'protected'],
    ),
  },
  tree: {
    asked: 'GET /projects/{id}/repository/tree?recursive=true',
    async ask(gitlab, place) {
      const path = below('/repository/tree?ref=HEAD&recursive=true&per_page=100')(place);
      const { items, more } = await gitlab.pages(path, treePagesMax);
      return { raw: { entries: pick(items, ['path', 'type']), more }, etag: null };
    },
  },
  issues: {
    asked: 'GET /projects/{id}/issues?state=closed',
    ask: one(below('/issues?state=closed&order_by=updated_at&per_page=50'), ['created_at', 'closed_at']),
  },
  'stars-first': {
    asked: 'GET /projects/{id}/starrers',
    ask: (gitlab, place) => askStars(gitlab, place, 1),
  },
  'stars-last': {
    asked: 'GET /projects/{id}/starrers',
    applies: (place) => lastStarPage(place) > 1,
    ask: (gitlab, place) => askStars(gitlab, place, lastStarPage(place)),
  },
  activity: {
    asked: 'GET /projects/{id}/repository/commits?since={a year ago}',
    async ask(gitlab, place) {
      const since = new Date(now().getTime() - 52 * weekMilliseconds).toISOString();
      const path = below(`/repository/commits?since=${encodeURIComponent(since)}&per_page=100`)(place);
      const { items, more } = await gitlab.pages(path, commitPagesMax);
      return { raw: { since, dates: items.map(dateOf), more }, etag: null };
    },
  },
});

const dateOf = (commit: unknown): unknown =>
  typeof commit === 'object' && commit !== null && 'committed_date' in commit ? commit.committed_date : null;

async function askStars(gitlab: GitLab, place: QuestionPlace, page: number): Promise<Raw> {
  const answer = await gitlab.ask(`${pathOf(place)}/starrers?per_page=${starsPerPage}&page=${page}`);
  const stars = answer?.body;
  const raw = Array.isArray(stars) ? stars.map(withoutPerson) : stars;
  return { raw, etag: null };
}

/** Accounts of people who gave a star are nothing to keep, but for their numbers. */
const withoutPerson = (star: unknown): unknown =>
  typeof star === 'object' && star !== null && 'user' in star
    ? { ...(pick(star, ['starred_since']) as object), user: pick(star.user, ['id']) }
    : star;

export function questionsTo(gitlab: GitLab, now: () => Date): HostQuestions {
  const routes = routesAt(now);
  const put = <T, Place>(
    { asked, applies = () => true, ask }: Route<Place>,
    read: (raw: unknown) => T | null,
  ): HostQuestion<T, Place> => ({
    asked,
    applies,
    read,
    async ask(place, etag) {
      const answer = await ask(gitlab, place, etag);
      return answer === null ? null : { ...answer, value: read(answer.raw) };
    },
  });
  const question = <Name extends keyof typeof routes>(name: Name): HostQuestion<HostAnswers[Name]> =>
    put(routes[name], readAnswer[name]);
  return {
    repository: put(repository, readAnswer.repository),
    owner: question('owner'),
    community: question('community'),
    licence: question('licence'),
    releases: question('releases'),
    contributors: question('contributors'),
    rules: question('rules'),
    tree: question('tree'),
    issues: question('issues'),
    'stars-first': question('stars-first'),
    'stars-last': question('stars-last'),
    activity: question('activity'),
  };
}
