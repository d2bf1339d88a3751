/**
 * Before a value is set: what refers to it elsewhere in the document is written out, so that it goes on saying what it said. An alias
 * (`*team`) means whatever its anchor (`&team`) stands for: somebody who is added to the one list would be on the other, too.
 */
import { isAlias, isCollection, isNode, visit } from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import type { DocumentPath } from '#core/policy/index.ts';

export function writeOutAliases(document: Document, path: DocumentPath): void {
  if (!hasAlias(document)) return;
  // An alias on the way is written out where it stands: what it refers to isn't what is edited.
  for (let depth = 1; depth <= path.length; depth += 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isAlias(node)) document.setIn(path.slice(0, depth), copyOf(node, document));
  }
  const anchors = anchorsAt(document, path);
  visit(document, {
    Alias: (_, alias) => (anchors.has(alias.source) ? copyOf(alias, document) : undefined),
  });
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Of everything that holds the value, and of everything in it. */
function anchorsAt(document: Document, path: DocumentPath): ReadonlySet<string> {
  const anchors = new Set<string>();
  const note = (node: unknown): void => {
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
  };
  note(document.contents);
  for (let depth = 1; depth < path.length; depth += 1) note(document.getIn(path.slice(0, depth), true));
  const value = document.getIn(path, true);
  note(value);
  if (isCollection(value)) visit(value, { Node: (_, node) => note(node) });
  return anchors;
}

/** Comments stay with what they were written at. */
function copyOf(alias: Alias, document: Document): Node {
  const node = alias.resolve(document);
  if (node === undefined) throw new TypeError(`the alias *${alias.source} was read, and stands for nothing`);
  const copy = node.clone() as Node;
  visit(copy, {
    Node: (_, one) => {
      delete one.comment;
      delete one.commentBefore;
      if (!isAlias(one)) delete one.anchor;
    },
  });
  copy.comment = alias.comment ?? null;
  copy.commentBefore = alias.commentBefore ?? null;
  return copy;
}
