/** What gets signed and what is rebuilt around it, as a tree: a node for each target and for each container around one. */
import type { InspectedArtifact, SignTarget } from '../checks/index.ts';

export interface SigningNode {
  readonly path: readonly string[];
  readonly target: SignTarget | null;
  readonly children: readonly SigningNode[];
}

interface Draft {
  readonly path: readonly string[];
  target: SignTarget | null;
  readonly children: Map<string, Draft>;
}

export function planSigning({ signTargets }: Pick<InspectedArtifact, 'signTargets'>): SigningNode {
  const root: Draft = { path: [], target: null, children: new Map() };
  for (const target of signTargets) {
    let node = root;
    for (const step of target.path) {
      const child = node.children.get(step) ?? {
        path: [...node.path, step],
        target: null,
        children: new Map(),
      };
      node.children.set(step, child);
      node = child;
    }
    node.target = target;
  }
  return finished(root);
}

function finished({ path, target, children }: Draft): SigningNode {
  return { path, target, children: [...children.values()].map(finished) };
}
