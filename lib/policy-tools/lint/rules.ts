/** note: good to know. warning: probably unintended. error: certainly unintended; something will not work. */
export type LintSeverity = 'error' | 'warning' | 'note';

export interface LintRule {
  readonly severity: LintSeverity;
  /** What the rule finds, as the beginning of a sentence. */
  readonly title: string;
}

/** Every rule by its id; each has a section in docs/policy/lint-rules.md. */
export const lintRules = {
  'lint.unreachable-include': {
    severity: 'error',
    title: 'An element that can never match, because one before it takes all its files',
  },
  'lint.vacuous-counts': {
    severity: 'warning',
    title: 'A configuration that an artifact without any program to sign passes',
  },
  'lint.third-party-files': {
    severity: 'warning',
    title: 'A pattern that signs programs which others may have made',
  },
  'lint.opaque-file': {
    severity: 'note',
    title: 'A file that is released although it can’t be scanned completely',
  },
  'lint.only-approver': { severity: 'warning', title: 'A release that only one person can approve' },
  'lint.approver-without-key': {
    severity: 'warning',
    title: 'An approver who has no key to approve with',
  },
  'lint.auditor-decides': {
    severity: 'warning',
    title: 'An auditor who also decides, and so audits their own decisions',
  },
  'lint.unused-person': { severity: 'note', title: 'A person whom no file names' },
  'lint.nobodys-key': {
    severity: 'note',
    title: 'A placeholder for a key that is still to be made, with which nobody can sign',
  },
  'lint.few-maintainers': {
    severity: 'warning',
    title: 'Fewer than three policy maintainers, so that none can expel another whose key was stolen',
  },
  'lint.loosening-by-one': {
    severity: 'warning',
    title: 'Loosening that requires only one policy maintainer, though there are more',
  },
  'lint.any-ref': { severity: 'warning', title: 'A release from any branch or any tag' },
  'lint.overlapping-refs': {
    severity: 'warning',
    title: 'A branch or tag that is allowed twice, by different lines',
  },
  'lint.unprotected-tags': {
    severity: 'note',
    title: 'Tags that may be built from without a check whether they can be moved',
  },
  'lint.host-requests': {
    severity: 'warning',
    title: 'More lines than the code host can be asked about in one look',
  },
  'lint.host-unknown-allowed': {
    severity: 'warning',
    title: 'A release that is signed although the code host didn’t answer',
  },
  'lint.reruns-allowed': { severity: 'warning', title: 'A release from a repeated attempt of a run' },
  'lint.self-hosted-runner': {
    severity: 'warning',
    title: 'A release that is built on a machine of the project’s own',
  },
  'lint.look-alike': {
    severity: 'warning',
    title: 'A name with a letter that looks like another one',
  },
  'lint.address-spelling': {
    severity: 'warning',
    title: 'An address that build systems spell differently',
  },
  'lint.replaced-licence': { severity: 'note', title: 'A licence with an id that SPDX has replaced' },
  'lint.submitter-approves': {
    severity: 'warning',
    title: 'A release for which too few approvers are left, whoever submits it',
  },
  'lint.certificate-missing': {
    severity: 'error',
    title: 'A policy whose certificate the signer does not have',
  },
  'lint.certificate-expired': {
    severity: 'error',
    title: 'A policy whose certificate is not valid now',
  },
  'lint.certificate-expiring': {
    severity: 'warning',
    title: 'A policy whose certificate expires within 30 days',
  },
  'lint.own-key': {
    severity: 'error',
    title: 'A policy that names a key of its own which the project does not have',
  },
  'lint.builds-without-origin': {
    severity: 'warning',
    title: 'Builds may submit under a policy without an origin to tell them by',
  },
  'lint.approvers-not-told': {
    severity: 'warning',
    title: 'Too few approvers are notified that a request waits for them',
  },
} as const satisfies Readonly<Record<string, LintRule>>;

export type LintRuleId = keyof typeof lintRules;
