/** Who signed a file before, for its readers. What the configuration asks of these signatures, the format has answered in its report. */
import { ArchiveError } from '#core/formats/archive/index.ts';
import { readExistingSignatures, type ExistingSignature } from '#core/formats/existing-signature.ts';
import { FormatError, type FileReport } from '#core/formats/format.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { formats } from '#core/formats/registry.ts';
import { failures } from '#core/wire/finding/index.ts';

/** null: its format can't tell, or it can't be read. */
export async function existingSignatures(
  source: RandomAccessSource,
  { facts, findings }: Pick<FileReport, 'facts' | 'findings'>,
  { path, verifies }: { readonly path: readonly string[]; readonly verifies: boolean },
): Promise<readonly ExistingSignature[] | null> {
  if (facts === null) return null;
  if (!facts.signed) return [];
  const format = formats[facts.type];
  if (format.signaturesIn === undefined) return null;
  const isRefused = failures(findings).some(({ rule }) => rule.includes('.upstream-'));
  const standing = !verifies ? 'unverified' : isRefused ? 'refused' : 'verified';
  const name = path.at(-1)?.split('/').at(-1) ?? null;
  try {
    const found = await format.signaturesIn(source, name);
    return readExistingSignatures(format.signing?.method ?? facts.type, found, standing);
  } catch (error) {
    if (error instanceof FormatError || error instanceof ArchiveError) return null;
    throw error;
  }
}
