/** What can be asked about a repository's builds, by who may. A token without a right is told which one it lacks. */
import { found, notFound, Refusal, type Answer, type Call, type Route } from '../route.ts';
import { compileGlob } from '#core/glob/index.ts';
import type { Builds, HostRun } from './state.ts';
import {
  comparison,
  fileResource,
  gitReference,
  jobResource,
  ruleResource,
  rulesetResource,
  runResource,
  type Place,
} from './wire.ts';

type Right = 'actions' | 'administration' | 'contents' | 'metadata';

interface Asked {
  readonly call: Call;
  readonly builds: Builds;
  readonly place: Place;
}

const about = (tail: string, right: Right, run: (asked: Asked) => Answer): Route => ({
  method: 'GET',
  template: `/repos/{owner}/{repo}${tail}`,
  applies: ({ state, path }) => {
    const repository = state.byName(`${path['owner'] ?? ''}/${path['repo'] ?? ''}`);
    return repository !== null && !repository.private && state.builds.has(repository.id);
  },
  run(call) {
    const repository = found(call.state.byName(`${call.path['owner'] ?? ''}/${call.path['repo'] ?? ''}`));
    const builds = found(call.state.builds.get(repository.id));
    const owner = found(call.state.accounts.get(repository.ownerId));
    if (!call.rights.has(right)) {
      const headers = { 'x-accepted-github-permissions': `${right}=read` };
      throw new Refusal(403, 'Resource not accessible by integration', headers);
    }
    return run({ call, builds, place: { base: call.base, id: repository.id, owner, name: repository.name } });
  },
});

function attemptOf({ call, builds }: Asked): { readonly run: HostRun; readonly attempt: number } {
  const run = found(builds.runs.get(Number(call.path['run_id'])));
  const attempt = Number(call.path['attempt_number']);
  if (attempt < 1 || attempt > run.attempt) throw notFound();
  return { run, attempt };
}

const covers = (pattern: string, ref: string): boolean =>
  pattern === '~ALL' ||
  (pattern === '~DEFAULT_BRANCH'
    ? ref === 'refs/heads/main'
    : compileGlob(pattern, 'sensitive').matches(ref));

export const buildRoutes: readonly Route[] = [
  about('/actions/runs/{run_id}/attempts/{attempt_number}', 'actions', (asked) => {
    const { run, attempt } = attemptOf(asked);
    return { status: 200, body: runResource(asked.place, run, attempt) };
  }),
  about('/actions/runs/{run_id}/attempts/{attempt_number}/jobs', 'actions', (asked) => {
    const { run } = attemptOf(asked);
    return { status: 200, items: run.jobs.map((job) => jobResource(asked.place, run, job)), within: 'jobs' };
  }),
  about('/compare/{basehead}', 'contents', ({ call, builds, place }) => {
    const [base = '', head = ''] = (call.path['basehead'] ?? '').split('...');
    const from = found(builds.commitOf(base));
    const to = found(builds.commitOf(head));
    return { status: 200, body: comparison(place, builds.objects, from, to) };
  }),
  about('/git/ref/{*ref}', 'contents', ({ call, builds, place }) => {
    const ref = `refs/${call.path['ref'] ?? ''}`;
    const object = found(builds.tags.get(ref.replace('refs/tags/', '')));
    return { status: 200, body: gitReference(place, ref, object) };
  }),
  about('/git/tags/{tag_sha}', 'contents', ({ call, builds }) => {
    const sha = call.path['tag_sha'] ?? '';
    const { tag, type, sha: named } = found(builds.tagObjects.get(sha));
    return {
      status: 200,
      body: { node_id: `T_${sha}`, tag, sha, message: tag, object: { type, sha: named } },
    };
  }),
  about('/rules/branches/{branch}', 'metadata', ({ call, builds, place }) => {
    const ref = `refs/heads/${call.path['branch'] ?? ''}`;
    const active = [...builds.rulesets.values()].filter(({ target, versions }) => {
      const state = versions.at(-1)?.state;
      return (
        target === 'branch' &&
        state?.enforcement === 'active' &&
        state.include.some((pattern) => covers(pattern, ref)) &&
        !state.exclude.some((pattern) => covers(pattern, ref))
      );
    });
    const source = `${place.owner.login}/${place.name}`;
    return {
      status: 200,
      items: active.flatMap(({ id, versions }) =>
        (versions.at(-1)?.state.rules ?? []).map((rule) => ({
          ...ruleResource(rule),
          ruleset_source_type: 'Repository',
          ruleset_source: source,
          ruleset_id: id,
        })),
      ),
    };
  }),
  about('/rulesets', 'metadata', ({ call, builds, place }) => ({
    status: 200,
    items: [...builds.rulesets.values()]
      .filter(({ target }) => (call.query.get('targets') ?? target) === target)
      .map((ruleset) => {
        const { rules: _rules, conditions: _conditions, ...listed } = rulesetResource(place, ruleset, false);
        return listed;
      }),
  })),
  about('/rulesets/{ruleset_id}', 'metadata', ({ call, builds, place }) => {
    const ruleset = found(builds.rulesets.get(Number(call.path['ruleset_id'])));
    return { status: 200, body: rulesetResource(place, ruleset, call.rights.has('bypass')) };
  }),
  about('/rulesets/{ruleset_id}/history', 'administration', ({ call, builds }) => {
    const ruleset = found(builds.rulesets.get(Number(call.path['ruleset_id'])));
    return {
      status: 200,
      items: ruleset.versions.toReversed().map(({ id, at }) => ({
        version_id: id,
        updated_at: at,
        actor: { id: 1, type: 'User' },
      })),
    };
  }),
  about('/rulesets/{ruleset_id}/history/{version_id}', 'administration', ({ call, builds, place }) => {
    const ruleset = found(builds.rulesets.get(Number(call.path['ruleset_id'])));
    const version = found(ruleset.versions.find(({ id }) => id === Number(call.path['version_id'])));
    const state = rulesetResource(place, ruleset, true, version);
    return {
      status: 200,
      body: { version_id: version.id, updated_at: version.at, actor: { id: 1, type: 'User' }, state },
    };
  }),
  about('/branches/{branch}/protection', 'administration', ({ call, builds }) => {
    const classic = builds.classic.get(call.path['branch'] ?? '');
    if (classic === undefined) throw new Refusal(404, 'Branch not protected');
    return { status: 200, body: classic };
  }),
  about('/releases/tags/{tag}', 'contents', ({ call, builds }) => {
    const tag = call.path['tag'] ?? '';
    const { draft, immutable } = found(builds.releases.get(tag));
    return { status: 200, body: { id: 1, tag_name: tag, draft, immutable, assets: [] } };
  }),
  about('/immutable-releases', 'administration', ({ builds }) => ({
    status: 200,
    body: { enabled: builds.immutableReleases, enforced_by_owner: false },
  })),
  about('/contents/{*path}', 'contents', ({ call, builds, place }) => {
    const commit = builds.objects.resolve(call.query.get('ref') ?? 'main') ?? '';
    return { status: 200, body: found(fileResource(place, builds, call.path['path'] ?? '', commit)) };
  }),
];
