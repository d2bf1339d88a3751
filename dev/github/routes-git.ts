/** The repository, its Git database, its files and comparisons. */
import { z } from 'zod';
import { found, notFound, Refusal, type Route } from './route.ts';

const at = '/repos/{owner}/{repo}';
const sha = z.string().regex(/^[0-9a-f]{40}$/);

export const gitRoutes: readonly Route[] = [
  { method: 'GET', template: at, run: ({ wire }) => ({ status: 200, body: wire.repository() }) },
  {
    method: 'GET',
    template: `${at}/git/ref/{ref}`,
    run: ({ state, wire, path }) => {
      const ref = `refs/${path['ref'] ?? ''}`;
      return { status: 200, body: wire.ref(ref, found(state.objects.refs.get(ref))) };
    },
  },
  {
    method: 'GET',
    template: `${at}/branches`,
    run: ({ state }) => ({
      status: 200,
      items: [...state.objects.refs]
        .filter(([ref]) => ref.startsWith('refs/heads/'))
        .map(([ref, commit]) => ({
          name: ref.slice('refs/heads/'.length),
          commit: { sha: commit, url: '' },
          protected: ref === 'refs/heads/main',
        })),
    }),
  },
  {
    method: 'POST',
    template: `${at}/git/refs`,
    run: ({ state, wire, body }) => {
      const asked = body(z.object({ ref: z.string().regex(/^refs\/(heads|notes)\/./), sha }));
      if (state.objects.refs.has(asked.ref)) throw new Refusal(422, 'Reference already exists');
      if (!state.objects.commits.has(asked.sha)) throw new Refusal(422, 'Object does not exist');
      state.moveRef(asked.ref, asked.sha);
      return { status: 201, body: wire.ref(asked.ref, asked.sha) };
    },
  },
  {
    method: 'PATCH',
    template: `${at}/git/refs/{ref}`,
    run: ({ state, wire, path, body }) => {
      const asked = body(z.object({ sha, force: z.boolean().default(false) }));
      const ref = `refs/${path['ref'] ?? ''}`;
      const before = state.objects.refs.get(ref);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      if (!state.objects.commits.has(asked.sha)) throw new Refusal(422, 'Object does not exist');
      const forward = state.objects.isAncestor(before, asked.sha);
      if (!forward && !asked.force) throw new Refusal(422, 'Update is not a fast forward');
      state.moveRef(ref, asked.sha, !forward);
      return { status: 200, body: wire.ref(ref, asked.sha) };
    },
  },
  {
    method: 'GET',
    template: `${at}/git/commits/{commit_sha}`,
    run: ({ state, wire, path }) => {
      const commit = found(state.objects.commits.get(path['commit_sha'] ?? ''));
      return { status: 200, body: wire.gitCommit(commit) };
    },
  },
  {
    method: 'POST',
    template: `${at}/git/trees`,
    run: ({ state, body }) => {
      const entry = z.object({
        path: z.string().min(1),
        mode: z.literal('100644'),
        type: z.literal('blob'),
        content: z.string().optional(),
        sha: z.null().optional(),
      });
      const asked = body(z.object({ base_tree: sha.optional(), tree: z.array(entry).min(1) }));
      const base = asked.base_tree;
      const files = new Map(base === undefined ? [] : found(state.objects.trees.get(base)));
      for (const { path, content } of asked.tree) {
        if (content !== undefined) files.set(path, content);
        else if (!files.delete(path)) throw new Refusal(422, 'GitRPC::BadObjectState');
      }
      return { status: 201, body: { sha: state.objects.addTree(files), truncated: false, tree: [] } };
    },
  },
  {
    method: 'POST',
    template: `${at}/git/commits`,
    run: ({ state, wire, body }) => {
      const asked = body(z.object({ message: z.string().min(1), tree: sha, parents: z.array(sha) }));
      if (!state.objects.trees.has(asked.tree)) throw new Refusal(422, 'Tree SHA does not exist');
      if (!asked.parents.every((parent) => state.objects.commits.has(parent))) throw notFound();
      const commit = state.objects.addCommit({ ...asked, date: state.now() });
      return { status: 201, body: wire.gitCommit(commit) };
    },
  },
  {
    method: 'GET',
    template: `${at}/contents/{path}`,
    run: ({ state, wire, path, query }) => {
      const ref = query.get('ref') ?? 'main';
      const files = state.objects.treeOf(found(state.objects.resolve(ref)));
      const name = path['path'] ?? '';
      const text = files.get(name);
      if (text !== undefined) return { status: 200, body: wire.file(name, text, ref) };
      const below = [...files.keys()].filter((each) => each.startsWith(`${name}/`));
      if (below.length === 0) throw notFound();
      return { status: 200, body: below.map((each) => ({ type: 'file', path: each })) };
    },
  },
  {
    method: 'GET',
    template: `${at}/compare/{basehead}`,
    run: ({ state, wire, path }) => {
      const [base, head, ...more] = (path['basehead'] ?? '')
        .split('...')
        .map((name) => state.objects.resolve(name));
      if (base === undefined || head === undefined || more.length > 0) throw notFound();
      return { status: 200, body: wire.comparison(base, head, found(state.objects.mergeBase(base, head))) };
    },
  },
];
