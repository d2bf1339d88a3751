/** What was found in an artifact, as the journal keeps it for replays of later policies. */
import { failures } from '#core/wire/finding/index.ts';
import type { InspectedFile, InspectionFacts } from '#core/wire/journal/index.ts';
import { configurationSha256 } from '#core/policy/plan/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { Inspection } from '../../inspector/index.ts';

/** Keeps journal entries small: an artifact with more files is recorded by its digests and findings alone. */
const entriesMax = 2_000;
const charactersMax = 512 * 1024;

export function inspectionFacts(
  effective: EffectivePolicy,
  report: Pick<Inspection, 'findings' | 'tree' | 'leaves' | 'containers' | 'sha256' | 'sizeBytes'>,
): InspectionFacts {
  return { configurationSha256: configurationSha256(effective), entries: entriesOf(report) };
}

function entriesOf(
  report: Pick<Inspection, 'findings' | 'tree' | 'leaves' | 'containers' | 'sha256' | 'sizeBytes'>,
): readonly InspectedFile[] | null {
  // Where an archive could not be read completely, the recorded entries would be incomplete.
  const whole = failures(report.findings).every((finding) => !finding.rule.startsWith('archive.'));
  if (!whole || report.tree.length > entriesMax) return null;
  const facts = new Map(
    [...report.leaves, ...report.containers].map((file) => [JSON.stringify(file.path), file.facts]),
  );
  const own = { path: [], type: 'file', sizeBytes: report.sizeBytes, sha256: report.sha256 } as const;
  // Of an archive alone nothing is said that its entries don't say.
  const single =
    report.leaves.some(({ path }) => path.length === 0) || (facts.get('[]') ?? null) !== null ? [own] : [];
  const entries = [...single, ...report.tree].map(({ path, type, sizeBytes, sha256 }): InspectedFile => ({
    path: [...path],
    type,
    sizeBytes,
    sha256: sha256 === '' ? null : sha256,
    facts: facts.get(JSON.stringify(path)) ?? null,
  }));
  return JSON.stringify(entries).length > charactersMax ? null : entries;
}
