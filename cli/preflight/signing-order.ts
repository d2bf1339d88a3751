/** In which order the signer would work: what is inside first, then the container is rebuilt around it, then the container's own signature. */
import type { CompiledElement } from '#core/artifact/index.ts';
import { formats } from '#core/formats/registry.ts';
import type { FormatType } from '#core/formats/format.ts';

export interface SigningStep {
  readonly path: readonly string[];
  readonly does: 'sign' | 'rebuild';
  readonly type: FormatType;
  /** As `Authenticode`; null: it is only rebuilt. */
  readonly method: string | null;
}

interface Target {
  readonly path: readonly string[];
  readonly element: number;
}

interface Node {
  readonly path: readonly string[];
  target: CompiledElement | null;
  readonly inside: Map<string, Node>;
}

export function signingOrder(
  targets: readonly Target[],
  elements: readonly CompiledElement[],
): readonly SigningStep[] {
  const root: Node = { path: [], target: null, inside: new Map() };
  const around = new Map<Node, CompiledElement>();
  for (const { path, element } of targets) {
    const chain = elementsAbove(elements, element);
    let node = root;
    path.forEach((step, depth) => {
      const container = chain[depth];
      if (container !== undefined) around.set(node, container);
      const next = node.inside.get(step) ?? {
        path: path.slice(0, depth + 1),
        target: null,
        inside: new Map<string, Node>(),
      };
      node.inside.set(step, next);
      node = next;
    });
    node.target = chain.at(-1) ?? null;
  }
  return stepsOf(root, around);
}

/** From the artifact's down to the one itself: one for each step of a path, and the artifact. */
function elementsAbove(elements: readonly CompiledElement[], index: number): readonly CompiledElement[] {
  const chain: CompiledElement[] = [];
  for (let at: number | null = index; at !== null;) {
    const element: CompiledElement | undefined = elements[at];
    if (element === undefined) break;
    chain.unshift(element);
    at = element.parent;
  }
  return chain;
}

/** Paths have at most sixteen steps. */
function stepsOf(node: Node, around: ReadonlyMap<Node, CompiledElement>): readonly SigningStep[] {
  const inside = [...node.inside.values()].flatMap((one) => stepsOf(one, around));
  const container = around.get(node);
  const { path, target } = node;
  return [
    ...inside,
    ...(container === undefined
      ? []
      : [{ path, does: 'rebuild' as const, type: container.type, method: null }]),
    ...(target === null
      ? []
      : [
          {
            path,
            does: 'sign' as const,
            type: target.type,
            method: formats[target.type].signing?.method ?? null,
          },
        ]),
  ];
}
