/** What is asked of a file that is declared as one of any kind. */
import type { FileContext, FileReport, Options } from '#core/formats/format.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { formats, formatTypes } from '#core/formats/registry.ts';
import { foreignContents, type SignedContent } from '#core/formats/signed-content/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';

const signedContents: readonly SignedContent[] = [
  ...new Set([...Object.values(formats).flatMap(({ signs }) => signs), ...foreignContents]),
];

/**
 * A file that is of a known type is scanned as it is, and a finding says so; signed it is as one of that type alone, whose rules
 * and demands it would evade as a file of any kind. Neither is signed what another signature can be over.
 */
export async function inspectPlainFile(
  source: RandomAccessSource,
  context: FileContext,
): Promise<FileReport> {
  const typed = await inspectUndeclared(source, context);
  if (context.sign === null) return typed;
  const refusal =
    typed.facts === null
      ? await grafted(source, context.sign, context)
      : declaredOtherwise(typed.facts.type, context);
  if (refusal !== null) return { ...typed, findings: [...typed.findings, refusal] };
  const itself = await formats.file.inspect(source, context);
  return { ...itself, findings: [...typed.findings, ...itself.findings] };
}

/**
 * A file of a declared type that is signed in a file beside it, too: it is inspected as one of its type, so that nothing of that is evaded. What is left
 * is what the signature could be taken for: nothing, where a key makes it that makes no other.
 */
export async function inspectBeside(
  source: RandomAccessSource,
  sign: Options,
  context: FileContext,
): Promise<FileReport> {
  const refusal = await grafted(source, sign, context);
  if (refusal !== null) return { findings: [refusal], facts: null, target: null };
  return formats.file.inspect(source, { ...context, sign, check: null });
}

/** What keeps a signature by the certificate's key from being one of something else; null: nothing does, or it is made by another key. */
export async function grafted(
  source: RandomAccessSource,
  sign: Options,
  context: Pick<FileContext, 'path' | 'sha256' | 'policy'>,
): Promise<Finding | null> {
  const use = formats.file.signing?.keyUse(sign) ?? 'certificate';
  return use === 'certificate' ? signedElsewhere(source, context) : null;
}

/** A file declared as of any kind that could be signed: a finding says so. */
async function inspectUndeclared(source: RandomAccessSource, context: FileContext): Promise<FileReport> {
  for (const type of formatTypes) {
    const found = await formats[type].inspectUndeclared(source, context);
    if (found !== null) return { ...found, target: null };
  }
  return { findings: [], facts: null, target: null };
}

type About = Pick<FileContext, 'path' | 'sha256' | 'policy'>;
const aboutOf = ({ path, sha256, policy }: About): About => ({ path, sha256, policy });

function declaredOtherwise(type: string, context: About): Finding {
  return fail({
    ...aboutOf(context),
    rule: 'file.typed',
    message: `The file is to be signed as one of any kind, and it is of the type ${type}: signed as a file, it would escape what is asked of that type.`,
    expected: 'a file of no type that this signer knows',
    found: type,
    fix: `Declare its element as \`type: ${type}\` and write \`detached\` in place of \`sign\`, or remove \`sign\`.`,
  });
}

async function signedElsewhere(source: RandomAccessSource, context: About): Promise<Finding | null> {
  for (const content of signedContents) {
    if (!(await content.matches(source))) continue;
    return fail({
      ...aboutOf(context),
      rule: 'file.signed-content',
      message: `The file can be ${content.what}. Its signature could be taken for one of that, of something that nobody inspected, so it isn’t signed.`,
      expected: 'a file that no other kind of signature is made over',
      found: content.what,
      fix: 'Remove `sign`, or sign what the file belongs to by its own type.',
    });
  }
  return null;
}
