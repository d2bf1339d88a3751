/**
 * What gets signed, what is rebuilt around it and which lists follow, as a tree: a node for each target, each list and each container around
 * one.
 */
import type { FollowTarget, InspectedArtifact, SignTarget } from '../checks/index.ts';

export interface SigningNode {
  readonly path: readonly string[];
  readonly target: SignTarget | null;
  /** By which the finished file is signed in another one beside it. */
  readonly detached: SignTarget | null;
  /** A list that is written anew, before it is signed itself. */
  readonly follow: FollowTarget | null;
  readonly children: readonly SigningNode[];
  /** Nodes beside it whose files it states something of. */
  readonly after: readonly SigningNode[];
}

interface Draft {
  readonly path: readonly string[];
  target: SignTarget | null;
  detached: SignTarget | null;
  follow: FollowTarget | null;
  readonly children: Map<string, Draft>;
}

export function planSigning({
  signTargets,
  follows,
}: Pick<InspectedArtifact, 'signTargets' | 'follows'>): SigningNode {
  const root = draftOf([]);
  for (const target of signTargets)
    nodeAt(root, target.path)[target.detached ? 'detached' : 'target'] = target;
  for (const list of follows) nodeAt(root, list.path).follow = list;
  return finished(root);
}

const draftOf = (path: readonly string[]): Draft => ({
  path,
  target: null,
  detached: null,
  follow: null,
  children: new Map(),
});

function nodeAt(root: Draft, path: readonly string[]): Draft {
  let node = root;
  for (const step of path) {
    const child = node.children.get(step) ?? draftOf([...node.path, step]);
    node.children.set(step, child);
    node = child;
  }
  return node;
}

function finished({ path, target, detached, follow, children }: Draft): SigningNode {
  const done = new Map<string, SigningNode>();
  const open = new Set<string>();
  /** Lists after what they list. */
  const finish = (name: string): SigningNode => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const child = children.get(name);
    if (child === undefined) throw new Error(`a list states something of ${name}, which nothing changes`);
    if (open.has(name)) throw new Error(`the list ${name} lists itself`);
    open.add(name);
    const names = new Set(child.follow?.fields.flatMap(({ of }) => of));
    const node = { ...finished(child), after: [...names].map(finish) };
    done.set(name, node);
    return node;
  };
  return { path, target, detached, follow, children: [...children.keys()].map(finish), after: [] };
}

/** Nodes that need no others, those that need them, and so on: each level needs only the ones before it. */
export function levelsOf(plan: SigningNode): readonly (readonly SigningNode[])[] {
  const levels: SigningNode[][] = [];
  const heights = new Map<SigningNode, number>();
  const heightOf = (node: SigningNode): number => {
    const known = heights.get(node);
    if (known !== undefined) return known;
    const height = Math.max(-1, ...[...node.after, ...node.children].map(heightOf)) + 1;
    heights.set(node, height);
    (levels[height] ??= []).push(node);
    return height;
  };
  heightOf(plan);
  return levels;
}
