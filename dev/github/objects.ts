/** Commits, trees and branches of the fake's one repository. Names are hashes of what they name, as in git. */
import { createHash } from 'node:crypto';

/** Path → text. */
export type Tree = ReadonlyMap<string, string>;

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly date: string;
}

export interface DiffEntry {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified';
  readonly sha: string | null;
}

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

export class Objects {
  readonly trees = new Map<string, Tree>();
  readonly commits = new Map<string, Commit>();
  /** Full ref name → commit. */
  readonly refs = new Map<string, string>();

  addTree(tree: Tree): string {
    const sorted = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
    const sha = sha1(`tree ${JSON.stringify(sorted)}`);
    this.trees.set(sha, new Map(sorted));
    return sha;
  }

  addCommit(input: Omit<Commit, 'sha'>): Commit {
    const commit: Commit = { ...input, sha: sha1(`commit ${JSON.stringify(input)}`) };
    this.commits.set(commit.sha, commit);
    return commit;
  }

  commit(sha: string): Commit {
    const found = this.commits.get(sha);
    if (found === undefined) throw new RangeError(`the fake has no commit ${sha}`);
    return found;
  }

  treeOf(commitSha: string): Tree {
    return this.trees.get(this.commit(commitSha).tree) ?? new Map();
  }

  /** A branch, tag or commit by what a query may call it. */
  resolve(name: string): string | undefined {
    const known =
      this.refs.get(`refs/heads/${name}`) ?? this.refs.get(`refs/tags/${name}`) ?? this.refs.get(name);
    return known ?? (this.commits.has(name) ? name : undefined);
  }

  ancestors(sha: string): Set<string> {
    const found = new Set<string>();
    const open = [sha];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...this.commit(next).parents);
    }
    return found;
  }

  isAncestor(ancestor: string, descendant: string): boolean {
    return this.ancestors(descendant).has(ancestor);
  }

  /** The common ancestor that no other common ancestor descends from; undefined for unrelated histories. */
  mergeBase(a: string, b: string): string | undefined {
    const ofA = this.ancestors(a);
    const common = [...this.ancestors(b)].filter((sha) => ofA.has(sha));
    return common.find((sha) => !common.some((other) => other !== sha && this.isAncestor(sha, other)));
  }

  diff(from: string, to: string): DiffEntry[] {
    const [before, after] = [this.treeOf(from), this.treeOf(to)];
    return [...new Set([...before.keys(), ...after.keys()])]
      .sort()
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => {
        const text = after.get(path);
        const status = text === undefined ? 'removed' : before.has(path) ? 'modified' : 'added';
        return { path, status, sha: text === undefined ? null : sha1(text) };
      });
  }

  /** The tree of both sides' changes since their merge base, or null where they changed the same file differently. */
  mergeTrees(base: string, head: string): Tree | null {
    const fork = this.mergeBase(base, head);
    if (fork === undefined) return null;
    const [original, ours, theirs] = [this.treeOf(fork), this.treeOf(base), this.treeOf(head)];
    const merged = new Map<string, string>();
    for (const path of new Set([...original.keys(), ...ours.keys(), ...theirs.keys()])) {
      const [was, our, their] = [original.get(path), ours.get(path), theirs.get(path)];
      if (our !== was && their !== was && our !== their) return null;
      const text = our === was ? their : our;
      if (text !== undefined) merged.set(path, text);
    }
    return merged;
  }
}
