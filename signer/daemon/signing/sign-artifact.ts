/**
 * Step "signing": the files of the plan, innermost ones first, those of one depth side by side. A container is rebuilt around what
 * changed inside it and only then signed itself, so that its signature covers what is released. A list is written anew after what it lists.
 */
import type { Options, Signing } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import { ownKeyFields } from '#core/policy/index.ts';
import { pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import { keyFor, type SignTarget } from '../checks/index.ts';
import { asInspected, asRebuilt, type FileVersion } from '../file-version/index.ts';
import { followList, type FollowedFile } from './follow-list.ts';
import { levelsOf, planSigning, type SigningNode } from './plan.ts';
import { finishRound, signTogether, type FinishedRound } from './sign-file.ts';
import { passesOrThrows, Refused } from './refused.ts';
import { nameOf, type Round, type Signature, type SigningContext } from './signing-context.ts';

export interface SignedFile {
  readonly target: SignTarget;
  /** The file with its signatures; cause `detached`: the one beside it, which holds them. */
  readonly version: FileVersion;
  /** One for each of the format's rounds; at least one. */
  readonly signatures: readonly [Signature, ...Signature[]];
}

export interface SignedArtifact {
  /** The whole artifact around its signed files. */
  readonly version: FileVersion;
  readonly files: readonly SignedFile[];
  /** Lists with the values of signed files. */
  readonly followed: readonly FollowedFile[];
}

/** A node of the plan as it proceeds. */
interface Draft {
  readonly node: SigningNode;
  /** The file itself, as far as it is. */
  version: FileVersion;
  /** With the signature of the finished file, beside it. */
  beside: {
    readonly target: SignTarget;
    readonly version: FileVersion;
    readonly signature: Signature;
  } | null;
  readonly followed: FollowedFile | null;
  /** Those in the file first. */
  readonly rounds: readonly { readonly target: SignTarget; readonly sign: Options }[];
  readonly signatures: Signature[];
  readonly findings: Finding[];
}

/** Files whose octets the keyholder gets at once: as many as keep its sessions busy. A stop or a revocation applies from the next on. */
const togetherMax = 16;
/** Files that are being timestamped and embedded while the next are signed. */
const aheadMax = 32;

export async function signArtifact(context: SigningContext): Promise<Checked<SignedArtifact>> {
  const plan = planSigning(context.evidence.inspected);
  const drafts = new Map<SigningNode, Draft>();
  // However they were signed, readers find them in the order of the artifact.
  const inOrder = (): readonly Draft[] => innermostFirst(plan).flatMap((node) => drafts.get(node) ?? []);
  const findings = (): readonly Finding[] => inOrder().flatMap((draft) => draft.findings);
  try {
    for (const level of levelsOf(plan)) await finishLevel(context, level, drafts);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, findings: [...findings(), ...error.findings] };
  }
  const version = drafts.get(plan)?.version;
  if (version === undefined) throw new Error('the artifact itself was left out');
  const files = inOrder().flatMap(filesOf);
  const followed = inOrder().flatMap((draft) => draft.followed ?? []);
  return { ok: true, value: { version, files, followed }, findings: findings() };
}

/** The file with signatures in it, and the one beside it. */
function filesOf({ node, version, signatures, beside, rounds }: Draft): readonly SignedFile[] {
  if (signatures.length + (beside === null ? 0 : 1) !== rounds.length)
    throw new Error(`a signature of ${JSON.stringify(node.path)} was not made`);
  const [first, ...others] = signatures;
  return [
    ...(first === undefined || node.target === null
      ? []
      : [{ target: node.target, version, signatures: [first, ...others] as const }]),
    ...(beside === null
      ? []
      : [{ target: beside.target, version: beside.version, signatures: [beside.signature] as const }]),
  ];
}

function innermostFirst(node: SigningNode): readonly SigningNode[] {
  return [...node.children.flatMap(innermostFirst), node];
}

async function finishLevel(
  context: SigningContext,
  level: readonly SigningNode[],
  drafts: Map<SigningNode, Draft>,
): Promise<void> {
  const due: Draft[] = [];
  for (const node of level) {
    const inspected = asInspected(context.evidence.inspected, node.path);
    if (inspected === null) throw new Error(`nothing was inspected at ${JSON.stringify(node.path)}`);
    const changed = node.children.flatMap((child) => releasedOf(drafts.get(child)));
    const rebuilt = changed.length === 0 ? inspected : await rebuild(context, inspected, changed);
    const listed = node.after.flatMap((one) => drafts.get(one)?.version ?? []);
    const followed = node.follow === null ? null : await followList(context, node.follow, rebuilt, listed);
    const version = followed?.version ?? rebuilt;
    const rounds = [node.target, node.detached].flatMap((target) =>
      target === null
        ? []
        : signingOf(target)
            .rounds(target.sign)
            .map((sign) => ({ target, sign })),
    );
    const findings = followed === null ? [] : [followed.finding];
    const draft = { node, version, beside: null, followed, rounds, signatures: [], findings };
    drafts.set(node, draft);
    due.push(draft);
  }
  const most = Math.max(0, ...due.map(({ rounds }) => rounds.length));
  for (let number = 0; number < most; number += 1)
    await signRound(
      context,
      due.filter(({ rounds }) => number < rounds.length),
      number,
    );
}

/** What becomes of a node: its file, where it changed, and the one with its signature. */
function releasedOf(draft: Draft | undefined): readonly FileVersion[] {
  if (draft === undefined) return [];
  const { version, beside } = draft;
  return [...(version.cause === 'inspected' ? [] : [version]), ...(beside === null ? [] : [beside.version])];
}

function signingOf({ type }: SignTarget): Signing {
  const { signing } = formats[type];
  if (signing === null) throw new Error(`a target of the type ${type}, which can’t be signed`);
  return signing;
}

/** The same round of many files. The keyholder signs the next few while those before are timestamped and embedded. */
async function signRound(context: SigningContext, drafts: readonly Draft[], number: number): Promise<void> {
  const ends: Promise<unknown>[] = [];
  let failed = false;
  const begin = async (): Promise<void> => {
    for (let at = 0; at < drafts.length && !failed; at += togetherMax) {
      const some = drafts.slice(at, at + togetherMax);
      const signed = await signTogether(
        context,
        some.map((draft) => roundOf(draft, number)),
      );
      for (const [index, one] of signed.entries()) {
        const end = finishRound(context, one).then((finished) => {
          const draft = some[index];
          if (draft !== undefined) take(context, draft, one.round, finished);
        });
        ends.push(end);
        end.catch(() => {
          failed = true;
        });
      }
      await ends[ends.length - 1 - aheadMax]?.catch(() => undefined);
    }
  };
  const all = await Promise.allSettled([begin()]);
  all.push(...((await Promise.allSettled(ends)) as PromiseSettledResult<void>[]));
  const problem = all.find((one) => one.status === 'rejected');
  if (problem !== undefined) throw problem.reason;
}

function roundOf({ version, rounds }: Draft, number: number): Round {
  const round = rounds[number];
  if (round === undefined) throw new Error('a round that no format asked for');
  const { target, sign } = round;
  const subject = version.cause === 'inspected' ? target.subject : null;
  return { target, signing: signingOf(target), sign, number, subject, version };
}

function take(
  context: SigningContext,
  draft: Draft,
  { target, signing }: Round,
  { version, signature }: FinishedRound,
): void {
  if (version.cause === 'detached') draft.beside = { target, version, signature };
  else {
    draft.version = version;
    draft.signatures.push(signature);
  }
  draft.findings.push(describe(context, target, signing, version, signature));
}

async function rebuild(
  { inspector, run }: SigningContext,
  container: FileVersion,
  changed: readonly FileVersion[],
): Promise<FileVersion> {
  const { type, file, sha256 } = container;
  const changeOf = (version: FileVersion) => ({
    path: version.path.at(-1) ?? '',
    file: version.file,
    sha256: version.sha256,
  });
  const replacements = changed.filter(({ cause }) => cause !== 'detached').map(changeOf);
  const additions = changed
    .filter(({ cause }) => cause === 'detached')
    .map((version) => ({ ...changeOf(version), behind: version.before?.path.at(-1) ?? '' }));
  const rebuilt = await inspector
    .rebuild({ folder: run.requestId, type, file, sha256, replacements, additions })
    .catch(passesOrThrows);
  const { outputFile, sha256: digest, sizeBytes } = rebuilt;
  return asRebuilt(container, changed, { file: outputFile, sha256: digest, sizeBytes });
}

function describe(
  { evidence }: SigningContext,
  target: SignTarget,
  signing: Signing,
  version: FileVersion,
  { timestamp, sign: options }: Signature,
): Finding {
  const use = signing.keyUse(options);
  const { certificate } = keyFor(evidence.governing, use);
  const when = timestamp === null ? 'without a timestamp' : `timestamped ${timestamp.time.toISOString()}`;
  const name = nameOf(target);
  return pass({
    rule: `signing.${signing.id}`,
    message: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} was signed (${signing.method}), ${when}.`,
    found: `${signing.hash(options)}, certificate serial ${certificate.serialNumber}, signed file SHA-256 ${version.sha256}`,
    path: target.path,
    sha256: version.sha256,
    policy: evidence.governing.effective.locate([use === 'certificate' ? use : ownKeyFields[use]]),
  });
}
