/** What was applied for, as policy files are made of it. */
import { stringify } from 'yaml';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Answers } from '../../applications/questions/index.ts';

export interface AcceptedApplication {
  readonly slug: string;
  readonly applicant: StoredIdentity;
  readonly applicantName: string;
  readonly answers: Answers;
  readonly repository: { readonly uri: string; readonly id: string; readonly ownerId: string };
  readonly program: 'executables' | 'components';
}

export interface PolicyFile {
  readonly path: string;
  readonly content: string;
}

export const apiVersion = 'countersign/v1';
export const artifactName = 'package';

export const answer = ({ answers }: AcceptedApplication, question: string, field: string): string =>
  answers[question]?.[field] ?? '';

/** Lines of YAML for a value; texts quoted where they need it, whatever an applicant wrote. */
export const yaml = (value: unknown): string => stringify(value, { lineWidth: 100 });
