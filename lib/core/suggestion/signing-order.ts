/**
 * In which order the signer works: what is inside first, lists after what they list, then the container is rebuilt around all of that, then
 * its own signature.
 */
import { signaturesOf, type CompiledElement } from '../artifact/index.ts';
import type { ExpectedField } from '../follow/index.ts';
import type { FormatType } from '../formats/format.ts';
import { signedAs } from '../formats/told-facts.ts';

export interface SigningStep {
  readonly path: readonly string[];
  /** `follow`: what a list states of files that were signed is written anew. */
  readonly does: 'sign' | 'rebuild' | 'follow';
  readonly type: FormatType;
  /** As `Authenticode`; null: it isn't signed. */
  readonly method: string | null;
  /** Of a list: the files beside it that it states something of. */
  readonly lists: readonly string[];
}

interface Target {
  readonly path: readonly string[];
  readonly element: number;
}

interface List extends Target {
  readonly fields: readonly Pick<ExpectedField, 'of'>[];
}

interface Node {
  readonly path: readonly string[];
  /** The container’s own element, where something in it changes. */
  around: CompiledElement | null;
  target: CompiledElement | null;
  list: { readonly element: CompiledElement; readonly names: readonly string[] } | null;
  readonly inside: Map<string, Node>;
}

export function signingOrder(
  changed: { readonly signTargets: readonly Target[]; readonly follows: readonly List[] },
  elements: readonly CompiledElement[],
): readonly SigningStep[] {
  const root = nodeOf([]);
  for (const { path, element } of changed.signTargets) {
    const { node, own } = place(root, path, elementsAbove(elements, element));
    node.target = own;
  }
  for (const { path, element, fields } of changed.follows) {
    const { node, own } = place(root, path, elementsAbove(elements, element));
    if (own !== null)
      node.list = { element: own, names: [...new Set(fields.flatMap(({ of }) => of))].toSorted() };
  }
  return stepsOf(root);
}

const nodeOf = (path: readonly string[]): Node => ({
  path,
  around: null,
  target: null,
  list: null,
  inside: new Map(),
});

function place(root: Node, path: readonly string[], chain: readonly CompiledElement[]) {
  let node = root;
  path.forEach((step, depth) => {
    node.around = chain[depth] ?? null;
    const next = node.inside.get(step) ?? nodeOf(path.slice(0, depth + 1));
    node.inside.set(step, next);
    node = next;
  });
  return { node, own: chain.at(-1) ?? null };
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
function stepsOf({ path, around, target, list, inside }: Node): readonly SigningStep[] {
  return [
    ...inOrder(inside).flatMap(stepsOf),
    ...(around === null ? [] : [step(path, 'rebuild', around)]),
    ...(list === null ? [] : [{ ...step(path, 'follow', list.element), lists: list.names }]),
    ...(target === null ? [] : signed(path, target)),
  ];
}

/** In the file, and then beside it. */
function signed(path: readonly string[], element: CompiledElement): readonly SigningStep[] {
  return signaturesOf(element).map(({ type, sign }) => ({
    ...step(path, 'sign', { type }),
    method: signedAs(type, sign),
  }));
}

const step = (
  path: readonly string[],
  does: SigningStep['does'],
  { type }: Pick<CompiledElement, 'type'>,
): SigningStep => ({
  path,
  does,
  type,
  method: null,
  lists: [],
});

/** Lists after what they list, which may be lists, too. */
function inOrder(inside: ReadonlyMap<string, Node>): readonly Node[] {
  const done = new Set<Node>();
  const finish = (node: Node): void => {
    if (done.has(node)) return;
    const before = node.list?.names.flatMap((name) => inside.get(name) ?? []) ?? [];
    // A list that lists itself is refused elsewhere: here it must only end.
    waiting.add(node);
    for (const one of before) if (!waiting.has(one)) finish(one);
    waiting.delete(node);
    done.add(node);
  };
  const waiting = new Set<Node>();
  for (const node of inside.values()) finish(node);
  return [...done];
}
