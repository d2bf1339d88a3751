/** Each question about a project: where GitHub answers it, and how people are told. */
import type {
  HostAnswers,
  HostQuestion,
  HostQuestionName,
  HostQuestions,
  QuestionPlace,
  RepositoryPlace,
} from '../questions.ts';
import { readAnswer } from './answers.ts';
import type { AskOptions, GitHub } from './ask.ts';
import { pathOf } from './paths.ts';

interface Route<Place = QuestionPlace> {
  /** As GitHub's reference has it. */
  readonly asked: string;
  readonly path: (place: Place) => string;
  readonly accept?: string;
  readonly applies?: (place: Place) => boolean;
}

/** With the time at which each star was given. */
const starAccept = 'application/vnd.github.star+json';
/** GitHub gives no page of stargazers beyond this one. */
const starPagesMax = 400;
const lastStarPage = ({ stars }: QuestionPlace): number =>
  Math.min(starPagesMax, Math.max(1, Math.ceil(stars / 100)));

const repository: Route<RepositoryPlace> = { asked: 'GET /repos/{owner}/{repo}', path: pathOf };
const routes: Readonly<Record<Exclude<HostQuestionName, 'repository'>, Route>> = {
  owner: { asked: 'GET /users/{owner}', path: ({ owner }) => `/users/${encodeURIComponent(owner)}` },
  community: {
    asked: 'GET /repos/{owner}/{repo}/community/profile',
    path: (place) => `${pathOf(place)}/community/profile`,
  },
  licence: { asked: 'GET /repos/{owner}/{repo}/license', path: (place) => `${pathOf(place)}/license` },
  releases: {
    asked: 'GET /repos/{owner}/{repo}/releases',
    path: (place) => `${pathOf(place)}/releases?per_page=100`,
  },
  contributors: {
    asked: 'GET /repos/{owner}/{repo}/contributors',
    path: (place) => `${pathOf(place)}/contributors?per_page=100`,
  },
  rules: {
    asked: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    path: (place) => `${pathOf(place)}/rules/branches/${encodeURIComponent(place.branch)}`,
  },
  tree: {
    asked: 'GET /repos/{owner}/{repo}/git/trees/{sha}?recursive=1',
    path: (place) => `${pathOf(place)}/git/trees/${encodeURIComponent(place.branch)}?recursive=1`,
  },
  issues: {
    asked: 'GET /repos/{owner}/{repo}/issues?state=closed',
    path: (place) => `${pathOf(place)}/issues?state=closed&per_page=50`,
  },
  'stars-first': {
    asked: 'GET /repos/{owner}/{repo}/stargazers',
    path: (place) => `${pathOf(place)}/stargazers?per_page=100`,
    accept: starAccept,
  },
  'stars-last': {
    asked: 'GET /repos/{owner}/{repo}/stargazers',
    path: (place) => `${pathOf(place)}/stargazers?per_page=100&page=${lastStarPage(place)}`,
    accept: starAccept,
    applies: (place) => lastStarPage(place) > 1,
  },
  activity: {
    asked: 'GET /repos/{owner}/{repo}/stats/commit_activity',
    path: (place) => `${pathOf(place)}/stats/commit_activity`,
  },
};

export function questionsTo(github: GitHub): HostQuestions {
  const put = <T, Place>(
    { asked, path, accept, applies = () => true }: Route<Place>,
    read: (raw: unknown) => T | null,
  ): HostQuestion<T, Place> => {
    return {
      asked,
      applies,
      read,
      async ask(place, etag) {
        const options: AskOptions = { etag, ...(accept === undefined ? {} : { accept }) };
        const answer = await github.ask(path(place), options);
        return answer === null ? null : { raw: answer.body, value: read(answer.body), etag: answer.etag };
      },
    };
  };
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
