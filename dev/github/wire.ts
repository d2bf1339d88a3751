/** The fake's memory in GitHub's words. */
import { Buffer } from 'node:buffer';
import { sha1, type Commit } from './objects.ts';
import { accountResource, repositoryResource } from './resources.ts';
import type { Json } from './resources.ts';
import type { CheckRun, Comment, Facts, Pull, Review, State, User } from './state.ts';

/** `base`: where the fake listens; every address in its answers leads back to it. */
export class Wire {
  readonly #state: State;
  readonly #base: string;
  readonly #facts: Facts;

  constructor(state: State, base: string) {
    this.#state = state;
    this.#base = base;
    this.#facts = state.facts;
  }

  #api(path: string): string {
    return `${this.#base}/repos/${this.#facts.owner}/${this.#facts.name}${path}`;
  }

  #page(path: string): string {
    return `${this.#base}/${this.#facts.owner}/${this.#facts.name}${path}`;
  }

  user(user: User): Json {
    return accountResource(this.#base, user);
  }

  repository(): Json {
    const { owner, name, repositoryId } = this.#facts;
    return repositoryResource(this.#base, {
      id: repositoryId,
      name,
      owner: this.user({ id: 4242, login: owner, type: 'User' }),
      ownerLogin: owner,
    });
  }

  pull(pull: Pull, one: boolean): Json {
    const repo = { id: this.#facts.repositoryId, name: this.#facts.name };
    const label = (ref: string): string => `${this.#facts.owner}:${ref}`;
    return {
      id: pull.id,
      number: pull.number,
      title: pull.title,
      body: pull.body,
      state: pull.state,
      draft: pull.draft,
      url: this.#api(`/pulls/${pull.number}`),
      html_url: this.#page(`/pull/${pull.number}`),
      user: this.user(pull.user),
      head: { label: label(pull.headRef), ref: pull.headRef, sha: pull.head, repo },
      base: { label: label(pull.baseRef), ref: pull.baseRef, sha: pull.base, repo },
      created_at: pull.createdAt,
      updated_at: pull.updatedAt,
      merged_at: pull.mergedAt,
      closed_at: pull.state === 'closed' ? pull.updatedAt : null,
      merge_commit_sha: pull.mergeCommit ?? sha1(`trial merge of ${pull.head}`),
      ...(one ? { merged: pull.mergedAt !== null, mergeable: this.#state.mergeable(pull) } : {}),
    };
  }

  comment(comment: Comment): Json {
    return {
      id: comment.id,
      node_id: `IC_${comment.id}`,
      body: comment.body,
      user: this.user(comment.user),
      html_url: this.#page(`/pull/${comment.number}#issuecomment-${comment.id}`),
      created_at: comment.createdAt,
      updated_at: comment.updatedAt,
      performed_via_github_app: comment.viaApp ? { id: this.#facts.appId, slug: 'countersign' } : null,
    };
  }

  review(review: Review): Json {
    return {
      id: review.id,
      node_id: `PRR_${review.id}`,
      body: review.body,
      user: this.user(review.user),
      state: review.state,
      commit_id: review.commit,
      submitted_at: review.submittedAt,
      html_url: this.#page(`/pull/${review.number}#pullrequestreview-${review.id}`),
    };
  }

  checkRun(run: CheckRun): Json {
    return {
      id: run.id,
      name: run.name,
      head_sha: run.head,
      external_id: run.externalId,
      status: run.status,
      conclusion: run.conclusion,
      started_at: run.startedAt,
      completed_at: run.completedAt,
      url: this.#api(`/check-runs/${run.id}`),
      html_url: this.#page(`/runs/${run.id}`),
      output: {
        title: run.title,
        summary: run.summary,
        text: null,
        annotations_count: run.annotations.length,
      },
      app: { id: this.#facts.appId, slug: 'countersign' },
    };
  }

  ref(ref: string, sha: string): Json {
    const object = { type: 'commit', sha, url: this.#api(`/git/commits/${sha}`) };
    return { ref, node_id: `REF_${sha1(ref)}`, url: this.#api(`/git/${ref}`), object };
  }

  gitCommit(commit: Commit): Json {
    const person = { name: 'countersign', email: 'bot@example.org', date: commit.date };
    return {
      sha: commit.sha,
      url: this.#api(`/git/commits/${commit.sha}`),
      message: commit.message,
      author: person,
      committer: person,
      tree: { sha: commit.tree, url: this.#api(`/git/trees/${commit.tree}`) },
      parents: commit.parents.map((sha) => ({ sha, url: this.#api(`/git/commits/${sha}`) })),
    };
  }

  /** The richer form that lists and comparisons give. */
  commit(commit: Commit): Json {
    const { sha, parents, ...inner } = this.gitCommit(commit);
    return {
      sha,
      parents,
      node_id: `C_${commit.sha}`,
      commit: { ...inner, comment_count: 0 },
      url: this.#api(`/commits/${commit.sha}`),
      html_url: this.#page(`/commit/${commit.sha}`),
      comments_url: this.#api(`/commits/${commit.sha}/comments`),
      author: {},
      committer: {},
    };
  }

  file(path: string, text: string, ref: string): Json {
    const bytes = Buffer.from(text, 'utf8');
    // GitHub breaks the lines of its base64.
    const content = bytes.toString('base64').replace(/.{60}/g, '$&\n');
    const url = this.#api(`/contents/${path}?ref=${ref}`);
    return {
      type: 'file',
      encoding: 'base64',
      size: bytes.byteLength,
      name: path,
      path,
      content,
      sha: sha1(text),
      url,
    };
  }

  comparison(base: string, head: string, mergeBase: string): Json {
    const { objects } = this.#state;
    const [ofBase, ofHead] = [objects.ancestors(base), objects.ancestors(head)];
    const ahead = [...ofHead].filter((sha) => !ofBase.has(sha)).reverse();
    const behindBy = [...ofBase].filter((sha) => !ofHead.has(sha)).length;
    const status =
      ahead.length > 0 ? (behindBy > 0 ? 'diverged' : 'ahead') : behindBy > 0 ? 'behind' : 'identical';
    const page = this.#page(`/compare/${base}...${head}`);
    return {
      url: this.#api(`/compare/${base}...${head}`),
      html_url: page,
      permalink_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      status,
      ahead_by: ahead.length,
      behind_by: behindBy,
      total_commits: ahead.length,
      base_commit: this.commit(objects.commit(base)),
      merge_base_commit: this.commit(objects.commit(mergeBase)),
      commits: ahead.slice(0, 250).map((sha) => this.commit(objects.commit(sha))),
      files: objects
        .diff(mergeBase, head)
        .slice(0, 300)
        .map(({ path, status: change, sha }) => ({
          filename: path,
          status: change,
          sha,
          additions: 1,
          deletions: 1,
          changes: 2,
          blob_url: this.#page(`/blob/${head}/${path}`),
          raw_url: this.#page(`/raw/${head}/${path}`),
          contents_url: this.#api(`/contents/${path}?ref=${head}`),
        })),
    };
  }
}
