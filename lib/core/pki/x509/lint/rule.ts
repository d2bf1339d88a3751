import type { CertificateKind } from '../profiles.ts';
import type { TbsView } from './read-tbs.ts';

export interface LintAbout {
  readonly kind: CertificateKind;
  readonly issuer: Uint8Array | null;
}

export interface LintRule {
  readonly name: string;
  readonly requirement: string;
  readonly kinds?: readonly CertificateKind[];
  /** → what breaks it, or null. */
  readonly check: (view: TbsView, about: LintAbout) => string | null;
}
