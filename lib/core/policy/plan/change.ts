/** What a change of the policy repository does to what gets signed. */
import type { JsonValue } from '../../json/index.ts';
import type { Difference, Judged } from '../../field-record/index.ts';

export type ChangedKind =
  | 'Foundation'
  | 'TrustRoot'
  | 'Person'
  | 'Project'
  | 'SigningPolicy'
  | 'ArtifactConfiguration'
  | 'Revocation';

export interface Change extends Judged {
  /** Slug, or null for what belongs to the foundation. */
  readonly project: string | null;
  /** Name of the signing policy, where the change is in one. */
  readonly policy: string | null;
  readonly kind: ChangedKind;
  readonly file: string;
  /** Line in the file after the change; before it, for what was removed. */
  readonly line: number;
  /** For example `origin.refs.tags`; empty for the whole file. */
  readonly field: string;
  /** null: it wasn't there. */
  readonly before: JsonValue;
  /** null: it isn't there any more. */
  readonly after: JsonValue;
}

/** `['root', 'contents', 'a.exe', 'matches', 'min']` → `root.contents[a.exe].matches.min`. */
export function fieldName(path: Difference['path']): string {
  let name = '';
  for (const step of path) {
    if (typeof step === 'string' && /^[A-Za-z][A-Za-z0-9]*$/.test(step))
      name += name === '' ? step : `.${step}`;
    else name += `[${String(step)}]`;
  }
  return name;
}
