/**
 * What can be asked of a code host about a project, and what is understood of its answers, in no host's own words. Each answer is
 * read by the host's folder, from what just came or from what was kept: what was kept is the host's, as it came.
 */

export interface RepositoryPlace {
  /** An account, or a group; of a group within groups, its whole path. */
  readonly owner: string;
  readonly name: string;
}

/** Of a repository that has been found. */
export interface QuestionPlace extends RepositoryPlace {
  readonly branch: string;
  readonly stars: number;
}

export interface AskedRepository {
  readonly id: string;
  readonly fullName: string;
  readonly name: string;
  readonly owner: { readonly id: string; readonly login: string };
  readonly archived: boolean;
  readonly fork: boolean;
  readonly private: boolean;
  /** As the host says it; null: nothing. */
  readonly licence: string | null;
  readonly defaultBranch: string;
  /** As its owner wrote it. */
  readonly homepage: string | null;
  readonly createdAt: string;
  readonly pushedAt: string | null;
  readonly stars: number;
}

export interface AskedOwner {
  readonly login: string;
  readonly isOrganisation: boolean;
  readonly createdAt: string | null;
  /** What it says of itself; null: nothing. */
  readonly name: string | null;
  readonly company: string | null;
  readonly about: string | null;
  readonly page: string | null;
}

export interface AskedDocuments {
  readonly readme: boolean;
  readonly contributing: boolean;
  readonly codeOfConduct: boolean;
}

export interface AskedLicence {
  readonly path: string;
  /** SPDX id; null: a licence that the host doesn't recognise. */
  readonly id: string | null;
}

export interface AskedRelease {
  readonly tag: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly publishedAt: string | null;
  /** `downloads` null: the host doesn't count them. */
  readonly assets: readonly { readonly name: string; readonly downloads: number | null }[];
}

export interface AskedContributor {
  /** As the host names who made them: an account, or the name in the commits. null: commits without an account. */
  readonly login: string | null;
  readonly commits: number;
}

export interface AskedWeek {
  /** Milliseconds since 1970, whatever the host said. */
  readonly startsAt: number;
  readonly commits: number;
}

export interface AskedStar {
  readonly at: string;
  /** null: the account is gone. */
  readonly accountId: string | null;
}

export interface AskedStarAccount {
  readonly id: string;
  readonly createdAt: string;
  /** null: the host doesn't say. */
  readonly followers: number | null;
  readonly repositories: number | null;
}

/** Something that the host enforces before a commit gets onto the branch. */
export type BranchRule =
  | { readonly kind: 'pull-requests'; readonly approvals: number | null }
  | { readonly kind: 'checks' | 'signed-commits' | 'no-rewriting' | 'no-deletion' };

export interface AskedTree {
  /** `sizeBytes` null: the host doesn't say. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number | null }[];
  /** The host gave only a part of it. */
  readonly truncated: boolean;
}

export interface AskedIssue {
  readonly openedAt: string;
  readonly closedAt: string | null;
}

export interface HostAnswers {
  readonly repository: AskedRepository;
  readonly owner: AskedOwner;
  /** Community profile: which documents the host finds. */
  readonly community: AskedDocuments;
  readonly licence: AskedLicence;
  readonly releases: readonly AskedRelease[];
  readonly contributors: readonly AskedContributor[];
  /** Branch protection, as far as it can be seen from outside. */
  readonly rules: readonly BranchRule[];
  readonly tree: AskedTree;
  /** Closed ones. */
  readonly issues: readonly AskedIssue[];
  /** Given first, and given last; of what has few stars the first are all. */
  readonly 'stars-first': readonly AskedStar[];
  readonly 'stars-last': readonly AskedStar[];
  /** Commits, week by week. */
  readonly activity: readonly AskedWeek[];
}

export type HostQuestionName = keyof HostAnswers;

export interface HostAnswer<T> {
  /** The host's answer as it came, to be kept. */
  readonly raw: unknown;
  /** What is understood of it; null: it can't be read. */
  readonly value: T | null;
  readonly etag: string | null;
}

export interface HostQuestion<T, Place = QuestionPlace> {
  /** How people are told what was asked, in the host's words. */
  readonly asked: string;
  /** Whether there is something to ask of this repository. */
  applies(place: Place): boolean;
  /** null: still what `etag` named. Rejects with CodeHostError. */
  ask(place: Place, etag: string | null): Promise<HostAnswer<T> | null>;
  /** An answer that came before, from this host. null: it can't be read. */
  readonly read: (raw: unknown) => T | null;
}

export type HostQuestions = {
  readonly [Name in Exclude<HostQuestionName, 'repository'>]: HostQuestion<HostAnswers[Name]>;
} & {
  /** By its address, before anything is known of it. */
  readonly repository: HostQuestion<AskedRepository, RepositoryPlace>;
};
