/** Walks an artifact against its configuration: every byte hashed, every entry accounted for. */
import { join } from 'node:path';
import type { CompiledElement } from '#core/artifact/index.ts';
import { streamRange } from '#core/formats/archive/index.ts';
import { formats } from '#core/formats/registry.ts';
import type { InspectAnswer } from '../answers.ts';
import { artifactCopy, type InspectMessage, type UnpackedOutcome, type UnpackQuestion } from '../messages.ts';
import { digestOfFile, rememberDigest, withFile, writeFile, type WrittenFile } from './file-source.ts';
import { heldFindings } from './held-files.ts';
import { inspectContainer } from './inspect-container.ts';
import { inspectItself } from './inspect-itself.ts';
import { openNested } from './open-nested.ts';
import { withPrograms } from './programs-in-contents.ts';
import { changedBySigning } from './output-names.ts';
import { answerOf, newWalk, type Walk } from './walk.ts';

export async function inspect(
  message: InspectMessage,
  askToUnpack: (question: UnpackQuestion) => Promise<UnpackedOutcome>,
): Promise<InspectAnswer> {
  const walk = newWalk(message, askToUnpack);
  // Others may be able to change the artifact store. The hashed bytes have to be the inspected ones, so both are done
  // on a copy in the signer's own folder: the one that the signer made itself, where it says so.
  const copy = join(message.folder, artifactCopy);
  if (message.isCopied && message.digest !== null) await rememberDigest(copy, message.digest);
  const written = message.isCopied
    ? await digestOfFile(copy)
    : await withFile(message.file, (source) => writeFile(copy, streamRange(source)));
  const { root, elements } = walk.matcher;
  await inspectFile(walk, root, [], artifactCopy, written, 1);
  const changed = [...changedBySigning(walk.signTargets, elements), ...walk.following.answers];
  walk.findings.add(...walk.vouching.findings(changed), ...heldFindings(walk));
  walk.findings.add(...(await walk.following.judgeElsewhere(changed, [...walk.leaves, ...walk.containers])));
  return answerOf(walk, written);
}

/** `file` is the name in the request's folder. */
async function inspectFile(
  walk: Walk,
  element: CompiledElement,
  path: readonly string[],
  file: string,
  written: WrittenFile,
  depth: number,
): Promise<void> {
  const place = join(walk.message.folder, file);
  const { container } = formats[element.type];
  if (container === null || !element.opened) {
    const content = await openNested(walk.nested, {
      file,
      path,
      depth,
      namesPrograms: namesPrograms(walk, element),
    });
    const itself = await inspectItself(walk, element, path, file, written, content);
    walk.leaves.push({ path, file, element: element.index, ...written, ...itself, content });
    return;
  }
  const before = walk.signTargets.length;
  const began = { leaves: walk.leaves.length, containers: walk.containers.length };
  await withFile(place, async (source) => {
    const isOne = await inspectContainer(walk, { element, container, path, source, depth }, inspectFile);
    const policy = walk.message.locations[element.pointer] ?? null;
    if (!isOne)
      walk.findings.add(...(await walk.hints.onType(source, element, { path, policy, ...written })));
  });
  // A file may be more than its declared type, to a program that reads it differently.
  const names = namesPrograms(walk, element);
  const opened = await openNested(walk.nested, {
    file,
    path,
    depth,
    declared: container,
    namesPrograms: names,
  });
  const content = names ? await withPrograms(walk, opened, path, began) : opened;
  const changes = walk.signTargets.length > before;
  const itself = await inspectItself(walk, element, path, file, written, content, changes);
  walk.containers.push({ path, file, element: element.index, ...written, ...itself, content });
}

/** Types whose files install programs: those inside are named, with what is known of their signatures, and those in what is inside them. */
function namesPrograms({ matcher }: Walk, element: CompiledElement): boolean {
  for (let at: CompiledElement | undefined = element; at !== undefined;) {
    if (at.type === 'pe' || at.type === 'msi' || at.type === 'cab') return true;
    at = at.parent === null ? undefined : matcher.elements[at.parent];
  }
  return false;
}
