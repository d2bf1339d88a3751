import type { ReactNode } from 'react';
import type { FormField } from '../../../../lib/core/policy-edit/index.ts';

/** What comes back from looking at an edit: everything that was typed, and what it would mean. */
export interface EditState {
  readonly error: { readonly message: string; readonly fix: string } | null;
  /** By field name. */
  readonly errors: Readonly<Record<string, string>>;
  readonly title: string;
  readonly description: string;
  /** The YAML editor's text; null in the guided form. */
  readonly text: string | null;
  /** The guided form's fields; null in the YAML editor. */
  readonly fields: readonly FormField[] | null;
  /** What it would mean; null until somebody asked. */
  readonly preview: ReactNode;
  /** Counts the answers: each one shows its own values. */
  readonly turn: number;
}
