/** A comparison as text, and the differences that keep the signer from working. */
import type { Comparison } from './comparison.ts';

/** Differences between the signer's own files and the database; empty: there is nothing to confirm. */
export function differencesOf(compared: Comparison): readonly string[] {
  const { anchor, newest, remembered, keyHolders, unknownSignatures, accepted } = compared;
  const differences: string[] = [];
  const last =
    newest === null ? 'the journal is empty' : `the journal ends at entry ${newest.seq} of ${newest.at}`;
  if (anchor === null) {
    if (newest !== null)
      differences.push(`the anchor isn’t there: it was lost, or this signer is new; ${last}`);
  } else if (typeof anchor === 'string') differences.push(`the anchor: ${anchor}`);
  else if (remembered === 'missing')
    differences.push(`entries up to ${anchor.seq} are remembered, but ${last}: ${lostOf(compared)} are lost`);
  else if (remembered === 'other')
    differences.push(
      `entry ${anchor.seq} isn’t the remembered one (${anchor.hash}): the journal continued from an older state`,
    );
  const own = keyHolders[0];
  const known = rememberedHead(compared);
  if (own !== undefined && (!own.hasGiven || (known !== null && !keyHolderIsWhole(compared)))) {
    differences.push(
      `the keyholder's journal ${own.file} had ${known?.sequence ?? 0} records and has changed (${own.head?.sequence ?? 0} records): it ${own.hasGiven ? 'may not know its earlier signatures' : 'lacks signatures that it gave, by the database'}`,
    );
  }
  if (anchor === null && newest === null && (own?.head?.sequence ?? 0) > 0)
    differences.push(`the journal is empty, and the keyholder's isn’t: the database was set up anew`);
  const attempts = keyHolders.reduce((sum, keyHolderState) => sum + keyHolderState.unknownAttempts, 0);
  if (attempts > 0) differences.push(`${attempts} failed attempts to sign have no journal entry`);
  if (unknownSignatures.length > 0)
    differences.push(`${unknownSignatures.length} signatures have no journal entry`);
  const policy = policyToRestore(compared);
  if (policy !== null)
    differences.push(
      accepted.inFile === null
        ? `${accepted.file} isn’t there: policy ${policy} was accepted last, by the database`
        : `${accepted.file} says ${accepted.inFile}: policy ${policy} was accepted last, by the database`,
    );
  const stops = stopsToRestore(compared);
  if (stops !== null)
    differences.push(
      `${stops}: what the journal says is stopped is stopped again; what was stopped on this host while the database was away has to be stopped again manually`,
    );
  return differences;
}

const rememberedHead = ({ anchor }: Comparison) =>
  anchor === null || typeof anchor === 'string' ? null : (anchor.keyHolder ?? null);

/** What the keyholder's journal has is all that it has signed: it goes on from where this signer remembers it. */
export function keyHolderIsWhole(compared: Comparison): boolean {
  const known = rememberedHead(compared);
  const own = compared.keyHolders[0];
  return (
    known !== null && (known.sequence === 0 || own?.atRemembered === known.sha256) && own?.hasGiven !== false
  );
}

/** Why the file of emergency stops has to be rebuilt from the journal; null: it is right, or this signer never had one. */
export function stopsToRestore({ anchor, stops }: Comparison): string | null {
  const { file, revision } = stops;
  if (typeof revision === 'string') return revision;
  const known = anchor === null || typeof anchor === 'string' ? null : (anchor.stops ?? null);
  if (known === null || (revision !== null && revision >= known)) return null;
  return revision === null
    ? `${file}, which says what is stopped, isn’t there`
    : `${file}, which says what is stopped, was set back to revision ${revision}, and had ${known}`;
}

/** The commit that the file of the accepted policy should name; null: it is right, or this signer never had one. */
export function policyToRestore({ anchor, accepted }: Comparison): string | null {
  const recorded = anchor !== null && typeof anchor !== 'string' ? (anchor.accepted ?? null) : null;
  const newest = accepted.inDatabase.at(-1)?.commit ?? null;
  const { inFile } = accepted;
  const place = (commit: string | null): number =>
    accepted.inDatabase.findIndex((row) => row.commit === commit);
  if (inFile === null) return recorded === null ? null : (newest ?? recorded);
  if (!/^[0-9a-f]{40,64}$/.test(inFile)) return newest ?? recorded;
  return recorded !== null && place(inFile) !== -1 && place(inFile) < place(recorded) ? newest : null;
}

/** Lines for people: every difference, and the losses one by one. */
export function describe(compared: Comparison): readonly string[] {
  const { unknownSignatures, unrecordedGrants, filesWithoutRow, rowsWithoutFile, keyHolders } = compared;
  const lines = differencesOf(compared).map((difference) => `! ${difference}`);
  for (const { file, head, timestampsSince } of keyHolders) {
    const records = head === null ? 'isn’t there' : `${head.sequence} records, whole`;
    lines.push(
      `keyholder ${file}: ${records}${timestampsSince === 0 ? '' : `; ${timestampsSince} timestamps since the journal ends`}`,
    );
  }
  for (const unknownSignature of unknownSignatures) {
    const after = unknownSignature.requestKnown
      ? 'the request is processed again and gets the same signature'
      : 'the request is lost, too: submit it again';
    lines.push(
      `  signature ${unknownSignature.at}: ${unknownSignature.project ?? '?'}, ${unknownSignature.path === '' ? 'the artifact' : unknownSignature.path}, key ${unknownSignature.keyLabel}, request ${unknownSignature.requestId}; ${after}`,
    );
  }
  for (const one of filesWithoutRow)
    lines.push(`  release without a row: ${one.sha256}, ${one.sizeBytes} bytes, of ${one.at}`);
  for (const one of rowsWithoutFile)
    lines.push(
      `  row without a file: ${one.sha256}, request ${one.requestId}: restore it into the release store`,
    );
  if (unrecordedGrants.length > 0)
    lines.push(
      `  ${unrecordedGrants.length} signatures of the database are in none of these keyholder journals: name those of other signers with --keyholder-journal`,
    );
  return lines;
}

/** `entries 12–40`; where the journal continued from an older state, the first one is unknown. */
export function lostOf({ anchor, newest, remembered }: Comparison): string {
  if (anchor === null || typeof anchor === 'string') return 'an unknown number of entries';
  if (remembered === 'other') return `entries up to ${anchor.seq}`;
  return `entries ${BigInt(newest?.seq ?? 0) + 1n}–${anchor.seq}`;
}
