export type ChecklistName =
  | 'policy'
  | 'certificate'
  | 'policy-link-home'
  | 'policy-link-download'
  | 'second-factor'
  | 'approvers'
  | 'test-policy'
  | 'release-policy'
  | 'token'
  | 'workflow'
  | 'test-signing'
  | 'release-signing';

export type ChecklistState =
  /** Done, as checked. */
  | 'done'
  /** For the project to do. */
  | 'to-do'
  /** For the foundation, or for an earlier step. */
  | 'waiting';

export interface ChecklistItem {
  readonly name: ChecklistName;
  readonly title: string;
  readonly state: ChecklistState;
  readonly detail: string;
  readonly href: string | null;
  /** When it was last checked or attested; null: it is checked each time. */
  readonly at: Date | null;
}
