import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** A revocation is for the certificate that its file is named after, and its times exist. */
export function checkRevocations(snapshot: PolicySnapshot): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const [serial, document] of snapshot.revocations) {
    const { value } = document;
    if (value.serial !== serial) {
      const message = `The file is named after certificate ${serial}, but states ${value.serial}.`;
      const fix = `Name the file revocations/${value.serial}.yaml, or correct the serial number.`;
      diagnostics.push(diagnosticIn(document, ['serial'], 'rule.revocation', message, fix));
    }
    const times = [
      { path: ['effectiveAt'], time: value.effectiveAt },
      { path: ['noticedAt'], time: value.noticedAt },
      { path: ['reinstated', 'decidedAt'], time: value.reinstated?.decidedAt },
    ];
    for (const { path, time } of times) {
      if (time === undefined || isTime(time)) continue;
      const message = `${time} doesn’t exist.`;
      diagnostics.push(
        diagnosticIn(document, path, 'rule.revocation', message, 'Correct the day of the month.'),
      );
    }
  }
  return diagnostics;
}

/** The schema allows 31 days in every month. */
function isTime(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && `${date.toISOString().slice(0, 19)}Z` === text;
}
