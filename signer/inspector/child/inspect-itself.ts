import { join } from 'node:path';
import { pinnedFindings, type CompiledElement } from '#core/artifact/index.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import type { FileFacts, FileReport } from '#core/formats/format.ts';
import type { ToldKind } from '#core/formats/kind/index.ts';
import { formats } from '#core/formats/registry.ts';
import { failures } from '#core/wire/finding/index.ts';
import type { Content } from '../answers.ts';
import { existingSignatures } from './existing-signatures.ts';
import { withFile, type WrittenFile } from './file-source.ts';
import { inspectBeside, inspectPlainFile } from './plain-file.ts';
import { subjectAnswer } from './sign-file.ts';
import type { Walk } from './walk.ts';

/** Of a file that gets no signature of its own format. */
function kindBy(facts: FileFacts | null): ToldKind | null {
  const kind = facts?.kind ?? null;
  return kind === null
    ? null
    : { kind, because: `its content says so, as that of a file of type ${facts?.type ?? ''}` };
}

interface Itself {
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
}

/** What is asked of the file as one of its format, whether or not it was opened. `changes`: something inside gets signed first. */
export async function inspectItself(
  walk: Walk,
  element: CompiledElement,
  path: readonly string[],
  file: string,
  written: WrittenFile,
  content: Content,
  changes = false,
): Promise<Itself> {
  const { sign, check, type } = element;
  const policy = walk.message.locations[element.pointer] ?? null;
  const { digestsWanted } = walk.vouching;
  const upstream =
    walk.upstream === null ? null : { ...walk.upstream, signers: element.upstream?.signers ?? null };
  const context = {
    sign,
    check,
    policy,
    path,
    ...written,
    carries: content.formats,
    digestsWanted,
    upstream,
  };
  const inspected = await withFile(join(walk.message.folder, file), async (source) => {
    const report: FileReport =
      type === 'file'
        ? await inspectPlainFile(source, context)
        : await formats[type].inspect(source, context);
    walk.findings.add(...report.findings, ...pinnedFindings(element, { path, policy, ...written }));
    if (type !== 'file' && report.facts === null && failures(report.findings).length > 0)
      walk.findings.add(...(await walk.hints.onType(source, element, context)));
    const signatures = await existingSignatures(source, report, { path, verifies: element.verifies });
    const beside = element.detached === null ? null : await inspectBeside(source, element.detached, context);
    if (beside !== null) walk.findings.add(...beside.findings);
    return { report, beside, signatures, ambiguous: await walk.vouching.isAmbiguous(source) };
  });
  const { report, beside, signatures, ambiguous } = inspected;
  const { facts } = report;
  walk.vouching.add({ path, declared: type, ...written, report, policy, ambiguous });
  const { sha256: unsignedSha256, sizeBytes } = written;
  const about = { path, file, element: element.index, unsignedSha256, sizeBytes };
  if (sign !== null && report.target !== null) {
    const { kind, subject } = report.target;
    walk.signTargets.push({
      ...about,
      detached: false,
      kind,
      subject: subject === null || changes || element.follows !== null ? null : subjectAnswer(subject),
    });
  }
  if (beside !== null && beside.target !== null && failures(report.findings).length === 0) {
    const { kind, subject } = beside.target;
    const isFinal = sign === null && !changes;
    walk.signTargets.push({
      ...about,
      detached: true,
      // What the file is for its own format, it is for a signature beside it, too.
      kind: report.target?.kind ?? kindBy(facts) ?? kind,
      subject: subject === null || !isFinal ? null : subjectAnswer(subject),
    });
  }
  return { facts, signatures };
}
