/** For a file that isn't of the declared type: what is it? Only for the words of a refusal: the artifact is refused in any case. */
import type { CompiledElement } from '#core/artifact/index.ts';
import type { FormatType } from '#core/formats/format.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { recognise } from '#core/formats/recognise/index.ts';
import { formats, formatTypes } from '#core/formats/registry.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { fail, type Finding, type PolicyLocation } from '#core/wire/finding/index.ts';

interface About {
  readonly path: readonly string[];
  readonly sha256: Sha256Hex;
  readonly policy: PolicyLocation | null;
}

/** null: it is of the declared type, though broken, or nobody knows of what. */
export async function nearType(
  source: RandomAccessSource,
  { type }: CompiledElement,
  about: About,
): Promise<Finding | null> {
  if (source.size === 0) {
    const one = formats[type].words.one;
    return fail({
      rule: 'artifact.empty',
      message: `The configuration declares ${one}, and this file is empty: it has 0 bytes.`,
      expected: type,
      found: '0 bytes',
      fix: 'Submit the file that the build makes. An empty one is mostly what a step left behind that failed, or an upload that was cut off.',
      ...about,
    });
  }
  const found = await typeByContent(source, about);
  if (found === null || found === type) return null;
  const [declared, is] = [formats[type].words.one, formats[found].words.one];
  return fail({
    rule: 'artifact.type',
    message: `The configuration declares ${declared}, but this is ${is}.`,
    expected: type,
    found,
    fix: `Write \`type: ${found}\` if ${is} is meant, or submit ${declared}.`,
    ...about,
  });
}

async function typeByContent(
  source: RandomAccessSource,
  { path, sha256 }: About,
): Promise<FormatType | null> {
  for (const type of formatTypes) {
    const about = { path, sha256, carries: [], digestsWanted: false };
    const found = await formats[type].inspectUndeclared(source, about);
    const facts = found?.facts ?? null;
    if (facts !== null) return facts.type;
  }
  return containerType(source);
}

/** The container that the file is from its first byte to its last. */
export async function containerType(source: RandomAccessSource): Promise<FormatType | null> {
  const { found } = await recognise(source);
  const whole = found.find(({ start, end }) => start === 0 && end === source.size);
  if (whole === undefined) return null;
  return formatTypes.find((type) => formats[type].container?.recognisedAs === whole.format) ?? null;
}
