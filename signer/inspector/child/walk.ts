/** What is known of an artifact while it is walked, and what becomes of it. */
import { compileConfiguration, type ArtifactEntry, type ArtifactMatcher } from '#core/artifact/index.ts';
import { UnpackBudget } from '#core/formats/archive/index.ts';
import type { UpstreamTrust } from '#core/formats/upstream-trust.ts';
import type {
  ContainerAnswer,
  InsideAnswer,
  InsidePlace,
  InspectAnswer,
  LeafAnswer,
  SignTargetAnswer,
} from '../answers.ts';
import type { InspectMessage, UnpackedOutcome, UnpackQuestion } from '../messages.ts';
import type { WrittenFile } from './file-source.ts';
import { FindingList } from './findings.ts';
import { Following } from './following.ts';
import { Hints } from './hints.ts';
import { newNestedContext, type NestedContext } from './nested-context.ts';
import { OpenPgpUpstream } from './upstream-openpgp.ts';
import { openUpstreamTrust } from './upstream-trust.ts';
import { Vouching } from './vouching.ts';

export interface Walk {
  readonly message: InspectMessage;
  readonly matcher: ArtifactMatcher;
  readonly budget: UnpackBudget;
  readonly findings: FindingList;
  readonly tree: ArtifactEntry[];
  readonly leaves: LeafAnswer[];
  readonly containers: ContainerAnswer[];
  readonly inside: InsideAnswer[];
  readonly copies: InsidePlace[];
  readonly signTargets: SignTargetAnswer[];
  readonly nested: NestedContext;
  readonly vouching: Vouching;
  readonly following: Following;
  readonly upstream: UpstreamTrust | null;
  readonly openPgp: OpenPgpUpstream;
  readonly hints: Hints;
}

export function newWalk(
  message: InspectMessage,
  askToUnpack: (question: UnpackQuestion) => Promise<UnpackedOutcome>,
): Walk {
  const { folder } = message;
  const budget = new UnpackBudget(message.limits);
  const inside: InsideAnswer[] = [];
  const copies: InsidePlace[] = [];
  let files = 0;
  const newFile = (): string => `${String((files += 1)).padStart(8, '0')}.leaf`;
  const matcher = compileConfiguration(message.configuration);
  const { elements } = matcher;
  const upstream = trustIn(message);
  const elsewhere = { here: message.unpackers, ask: askToUnpack };
  return {
    message,
    matcher,
    vouching: new Vouching(elements),
    following: new Following({
      folder,
      elements,
      locate: ({ pointer }) => message.locations[pointer] ?? null,
    }),
    upstream,
    openPgp: new OpenPgpUpstream({
      folder,
      elements,
      locate: ({ pointer }) => message.locations[pointer] ?? null,
      now: message.upstream === null ? new Date() : new Date(message.upstream.now),
    }),
    budget,
    findings: new FindingList(),
    tree: [],
    leaves: [],
    containers: [],
    inside,
    copies,
    signTargets: [],
    nested: newNestedContext({ folder, budget, inside, copies, newFile, elsewhere, upstream }),
    hints: new Hints(),
  };
}

function trustIn({ upstream }: InspectMessage): UpstreamTrust | null {
  if (upstream === null) return null;
  const roots = upstream.roots.map((root) => Uint8Array.from(Buffer.from(root, 'base64')));
  return openUpstreamTrust(roots, new Date(upstream.now));
}

/** `written`: the artifact as it was hashed. */
export function answerOf(walk: Walk, written: WrittenFile): InspectAnswer {
  const { budget, findings, tree, leaves, containers, inside, copies } = walk;
  return {
    ...written,
    unpackedSizeBytes: budget.unpackedBytes,
    findings: findings.all(),
    tree,
    leaves,
    containers,
    inside,
    copies,
    // Nothing of a refused artifact is ever offered for signing.
    signTargets: findings.refused ? [] : walk.signTargets,
    follows: findings.refused ? [] : walk.following.answers,
  };
}
