import Link from 'next/link';
import type { ReportLevel, ReportNode } from '../../../lib/inspection-reports/index.ts';
import { Disclosure } from './disclosure.tsx';
import { EntryFacts } from './entry-facts.tsx';
import type { ReportPlace } from './entry-facts.tsx';
import { nameOf, NodeLine } from './node-line.tsx';

export const reportAddress = (
  request: string,
  query: Readonly<Record<string, string | number | null>> = {},
): string => treeAddress({ request }, query);

/** A page with a tree, and what is asked of it. */
export const treeAddress = (
  { request, tree = `/requests/${request}/report` }: Pick<ReportPlace, 'request' | 'tree'>,
  query: Readonly<Record<string, string | number | null>> = {},
): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[name, String(value)]],
  );
  const asked = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  return `${tree}${asked}`;
};

/** What lies in one folder or container: as a tree where all of it fits, else each large folder as a link to its own page. */
export function ReportTree({ level, place }: { readonly level: ReportLevel; readonly place: ReportPlace }) {
  const children = new Map<number, ReportNode[]>();
  for (const node of level.nodes) {
    const siblings = children.get(node.parent ?? -1);
    if (siblings === undefined) children.set(node.parent ?? -1, [node]);
    else siblings.push(node);
  }
  return <Nodes of={level.at.position} tree={{ children, place, isWhole: level.isWhole }} depth={0} />;
}

interface Tree {
  readonly children: ReadonlyMap<number, readonly ReportNode[]>;
  readonly place: ReportPlace;
  readonly isWhole: boolean;
}

/** Deeper folders open on a page of their own. */
const depthMax = 12;

function Nodes({ of, tree, depth }: { readonly of: number; readonly tree: Tree; readonly depth: number }) {
  const nodes = tree.children.get(of) ?? [];
  if (nodes.length === 0) return null;
  return (
    <ul
      className={
        depth === 0 ? 'mt-6 grid gap-1' : 'ms-2 grid gap-1 border-s border-rule ps-3 sm:ms-3 sm:ps-4'
      }
    >
      {nodes.map((node) => (
        <li key={node.position} className="min-w-0">
          <Node node={node} tree={tree} depth={depth} />
        </li>
      ))}
    </ul>
  );
}

function Node({
  node,
  tree,
  depth,
}: {
  readonly node: ReportNode;
  readonly tree: Tree;
  readonly depth: number;
}) {
  const { entry, last, position } = node;
  const { place, isWhole } = tree;
  const holds = last > position;
  const opensHere = holds && isWhole && depth < depthMax;
  const name =
    holds && !opensHere ? (
      <Link className="link" href={treeAddress(place, { at: position })}>
        {nameOf(node)}
      </Link>
    ) : undefined;
  if (!opensHere && entry?.type !== 'file')
    return (
      <div className="flex min-h-9 items-center py-1 ps-6">
        <NodeLine node={node} name={name} />
      </div>
    );
  return (
    <>
      {name === undefined ? null : (
        <div className="flex min-h-9 items-center py-1 ps-6">
          <NodeLine node={node} name={name} />
        </div>
      )}
      <details open={opensHere && depth < 2}>
        <Disclosure>
          {name === undefined ? (
            <NodeLine node={node} />
          ) : (
            <span className="link text-sm">Facts of this file</span>
          )}
        </Disclosure>
        {entry?.type === 'file' ? (
          <div className="my-2 rounded-lg border border-rule bg-surface p-3 sm:p-4">
            <EntryFacts entry={entry} place={place} />
          </div>
        ) : null}
        {opensHere ? <Nodes of={position} tree={tree} depth={depth + 1} /> : null}
      </details>
    </>
  );
}
