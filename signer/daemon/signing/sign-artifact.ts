/**
 * Step "signing": a walk over the plan, innermost files first. A container is rebuilt around what changed inside it
 * and only then signed itself, so that its signature covers what is released.
 */
import type { Signing } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import { fail, pass, type Checked, type Finding } from '#core/wire/finding/index.ts';
import { KeyHolderError } from '../../keyholder/index.ts';
import type { SignTarget } from '../checks/index.ts';
import { asInspected, asRebuilt, type FileVersion } from '../file-version/index.ts';
import { planSigning, type SigningNode } from './plan.ts';
import { passesOrThrows, Refused, signFile, type Signature, type SigningContext } from './sign-file.ts';

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
}

interface Walk {
  readonly context: SigningContext;
  readonly files: SignedFile[];
  readonly findings: Finding[];
}

export async function signArtifact(context: SigningContext): Promise<Checked<SignedArtifact>> {
  const walk: Walk = { context, files: [], findings: [] };
  try {
    const version = await finish(walk, planSigning(context.evidence.inspected));
    return { ok: true, value: { version, files: walk.files }, findings: walk.findings };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, findings: [...walk.findings, ...error.findings] };
  }
}

async function finish(walk: Walk, node: SigningNode): Promise<FileVersion> {
  const changed: FileVersion[] = [];
  for (const child of node.children) changed.push(await finish(walk, child));
  const inspected = asInspected(walk.context.evidence.inspected, node.path);
  if (inspected === null) throw new Error(`nothing was inspected at ${JSON.stringify(node.path)}`);
  const version = changed.length === 0 ? inspected : await rebuild(walk, inspected, changed);
  if (node.target === null) return version;
  try {
    return await sign(walk, node.target, version);
  } catch (error) {
    if (error instanceof KeyHolderError) throw new Refused([refusal(node.target, error)]);
    throw error;
  }
}

async function rebuild(
  { context: { inspector, run } }: Walk,
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

async function sign(walk: Walk, target: SignTarget, unsigned: FileVersion): Promise<FileVersion> {
  const { context } = walk;
  const { signing } = formats[target.type];
  if (signing === null) throw new Error(`a target of the type ${target.type}, which can’t be signed`);
  const signatures: Signature[] = [];
  let version = unsigned;
  for (const [number, options] of signing.rounds(target.sign).entries()) {
    const untouched = version.cause === 'inspected';
    const subject = untouched ? target.subject : null;
    const done = await signFile(context, { target, signing, sign: options, number, subject, version });
    version = done.version;
    signatures.push(done.signature);
    walk.findings.push(describe(context, target, signing, version, done.signature));
  }
  const [first, ...others] = signatures;
  if (first === undefined) throw new Error(`the format ${target.type} made no signature`);
  walk.files.push({ target, version, signatures: [first, ...others] });
  return version;
}

/** The keyholder has rules of its own and decides last. */
function refusal(target: SignTarget, error: KeyHolderError): Finding {
  return fail({
    rule: 'signing.refused',
    message: `The keyholder refused to sign ${nameOf(target)}: ${error.message}.`,
    expected: 'a grant that the keyholder accepts',
    found: error.code,
    path: target.path,
    fix: 'Ask the foundation: its signer and its keys disagree. Nothing was released.',
  });
}

function describe(
  { evidence }: SigningContext,
  target: SignTarget,
  signing: Signing,
  version: FileVersion,
  { timestamp, sign: options }: Signature,
): Finding {
  const { certificate } = evidence.governing.key;
  const when = timestamp === null ? 'without a timestamp' : `timestamped ${timestamp.time.toISOString()}`;
  const name = nameOf(target);
  return pass({
    rule: `signing.${signing.id}`,
    message: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} was signed (${signing.method}), ${when}.`,
    found: `${signing.hash(options)}, certificate serial ${certificate.serialNumber}, signed file SHA-256 ${version.sha256}`,
    path: target.path,
    sha256: version.sha256,
    policy: evidence.governing.effective.locate(['certificate']),
  });
}

const nameOf = ({ path }: SignTarget): string => path.join(' → ') || 'the file';
