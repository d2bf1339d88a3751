/** Findings of the scan step about single files: opened, opaque, not scanned, infected. */
import { fail, info, type Finding } from '#core/wire/finding/index.ts';
import { fileName, unopenedReasons, type Content } from '../../inspector/index.ts';
import type { ScanVerdict } from './clamd.ts';
import type { ProvenDatabase } from './proven-scanner.ts';
import type { InspectedLeaf, ScanTarget } from './scan-target.ts';

/** What was scanned in a file that has other files inside. */
export function contentFinding(leaf: InspectedLeaf, { streamSizeBytesMax }: ProvenDatabase): Finding | null {
  const { content, opaque } = leaf;
  const about = { path: leaf.path, sha256: leaf.sha256, policy: leaf.policy };
  const large = leaf.sizeBytes > streamSizeBytesMax && !content.covered;
  if (opaque !== null && (content.closedCount > 0 || large)) {
    const sent = large ? 'It is too large for the scanner' : 'The scanner saw its bytes, not what is in it';
    const why = content.closedCount > 0 ? `: ${unopenedReasons(content)}` : '.';
    return info({
      rule: 'scan.opaque',
      message: `${fileName(leaf)} can’t be scanned completely${why} ${sent}. The policy allows this, because: ${opaque}`,
      expected: 'declared as opaque, with a reason',
      found: content.formats.join(', ') || `${leaf.sizeBytes} bytes`,
      ...about,
    });
  }
  if (opaque !== null) {
    return info({
      rule: 'scan.opaque',
      message: `${fileName(leaf)} is declared as opaque, but ${content.openedBy.length === 0 ? 'all of it was scanned' : `it was opened by ${content.openedBy.join(' and ')}`}: \`opaque\` can be removed.`,
      found: content.formats.join(', ') || 'no container',
      ...about,
    });
  }
  if (content.formats.length === 0 || content.closedCount > 0) return null;
  const files = content.files === 1 ? '1 file' : `${content.files} files`;
  return info({
    rule: 'scan.opened',
    message: `${fileName(leaf)} was opened (${content.formats.join(', ')})${openedBy(content)}; ${files} inside ${content.files === 1 ? 'is' : 'are'} scanned one by one.`,
    found: files,
    ...about,
  });
}

/** Readers of ours account for every byte; other programs don’t, and the file’s own bytes are scanned in any case. */
function openedBy({ openedBy: others }: Content): string {
  if (others.length === 0) return '';
  return `, in part by ${others.join(' and ')}, which may pass over bytes that it doesn’t know`;
}

export function refusal(
  target: ScanTarget,
  verdict: Exclude<ScanVerdict, { verdict: 'clean' }>,
  policy: Finding['policy'],
): Finding {
  const about = { path: target.path, sha256: target.sha256, policy };
  if (verdict.verdict === 'infected') {
    const viruses = verdict.viruses.join(', ');
    return fail({
      rule: 'scan.infected',
      message: `${fileName(target)} contains malware: ${viruses}.`,
      expected: 'no known malware',
      found: viruses,
      fix: 'Remove the file from the build and find out how it got there. If it is a false alarm, report it to ClamAV and submit again once their database has changed.',
      ...about,
    });
  }
  return fail({
    rule: 'scan.not-scanned',
    message: `${fileName(target)} could not be scanned completely: ${verdict.detail}.`,
    expected: 'every file scanned to its end',
    found: verdict.detail,
    fix: 'Split the file or leave out what the scanner can’t read; what was not scanned is not signed. Where it must stay as it is, declare it in the artifact configuration with `opaque: { reason: … }`; everybody will see the reason.',
    ...about,
  });
}
