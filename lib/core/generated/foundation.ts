// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * Version of this format.
 */
export type ApiVersion = 'countersign/v1';
/**
 * executables: programs, installers and libraries get signed. components: libraries only; the signer tells them by content, and refuses what users start or install.
 */
export type Program = 'executables' | 'components';
/**
 * 1 to 40 lower-case letters, digits and inner hyphens.
 */
export type Id = string;

/**
 * The foundation that holds the certificates: its name, the subject on its certificates and what no project may go under. File: foundation.yaml.
 */
export interface Foundation {
  apiVersion: ApiVersion;
  /**
   * The kind of this file.
   */
  kind: 'Foundation';
  /**
   * The foundation's name as people see it.
   */
  name: string;
  /**
   * The foundation's home page.
   */
  homepage: string;
  /**
   * Where to report misuse of a certificate: an https:// or mailto: address.
   */
  securityContact?: string;
  subject: Subject;
  /**
   * The certificate programs that the foundation runs.
   *
   * @minItems 1
   * @maxItems 2
   */
  programs: Program[];
  floors?: Floors;
  policyFreshness?: PolicyFreshness;
  /**
   * Whether a project may sign with a certificate of its own, which a public authority issued in the project's name for a key on the foundation's token. Left out: refused.
   */
  projectCertificates?: 'refused' | 'allowed';
  /**
   * The key of a certificate's successor. same-key: that of the certificate before, so that what users and programs have learned about the publisher's key stays; as long as that certificate wasn't revoked. new-key: a key of its own. Left out: new-key.
   */
  renewal?: 'new-key' | 'same-key';
  /**
   * For how many days a successor is on the project's page before it signs. Left out: 14.
   */
  renewalNoticeDays?: number;
  admission?: Admission;
}
/**
 * The distinguished name on every certificate of the foundation.
 */
export interface Subject {
  /**
   * O: the legal name. X.520 allows 64 characters.
   */
  organization: string;
  /**
   * C: two upper-case letters (ISO 3166-1).
   */
  country?: string;
  /**
   * ST: state or province.
   */
  state?: string;
  /**
   * L: town.
   */
  locality?: string;
}
/**
 * The least that every project must ask for, by the purpose of its policies.
 */
export interface Floors {
  /**
   * Every release policy needs at least this many approvals; the same as release.quorumMin.
   */
  releaseQuorum?: number;
  release?: PolicyFloor;
  test?: PolicyFloor;
}
/**
 * What every policy of one purpose must ask for at least.
 */
export interface PolicyFloor {
  /**
   * required: the policy names where files are built.
   */
  origin?: 'required';
  /**
   * github-hosted: builds run on fresh machines of the build system.
   */
  runner?: 'github-hosted';
  /**
   * refused: no policy may allow repeated attempts of a run.
   */
  reruns?: 'refused';
  /**
   * required: the policy pins a reusable builder.
   */
  builder?: 'required';
  /**
   * provenance: no policy accepts a bare signature over the file as proof of a build.
   */
  attestations?: 'provenance';
  /**
   * required: the policy names the deployment environment that builds run in.
   */
  environment?: 'required';
  /**
   * public: no policy accepts builds of a repository that is not public.
   */
  visibility?: 'public';
  /**
   * No build may be older than this many hours when it is signed. It applies to every policy that sets no origin.maximumAgeHours, and none may set more.
   */
  maximumAgeHours?: number;
  /**
   * required: every file is scanned for malware.
   */
  scan?: 'required';
  /**
   * refused: no artifact configuration may declare a file as opaque to the scanner. Default: allowed.
   */
  opaque?: 'allowed' | 'refused';
  /**
   * required: every signature carries a timestamp.
   */
  timestamp?: 'required';
  /**
   * The policy requires at least this many approvals.
   */
  quorumMin?: number;
  /**
   * false: no policy counts the approval of the person who submitted the request.
   */
  submitterMayApprove?: false;
  /**
   * required: the artifact configuration specifies product name and version of every Windows program that it signs.
   */
  productNameAndVersion?: 'required';
  /**
   * tags: builds of tags alone, so that what is released can be found again by its name.
   */
  refs?: 'tags';
}
/**
 * How old the policy in force may get. Its date is that of its newest commit, so a Git host that withholds newer ones is noticed; where nothing changes, policy maintainers confirm the policy.
 */
export interface PolicyFreshness {
  /**
   * Older than so many days, it raises the alarm. 90 where policyFreshness is left out.
   */
  alarmDays: number;
  /**
   * Older than so many days, nothing is signed under it: requests wait until it is confirmed. Left out: the alarm is all.
   */
  stopDays?: number;
}
/**
 * How projects come to the foundation: what it offers, whom, and what it asks. Shown to applicants before they start; the signer decides nothing by it. Left out: the portal takes no applications.
 */
export interface Admission {
  /**
   * What the foundation gives and to whom, in a few sentences.
   */
  summary?: string;
  /**
   * In how many days an applicant hears from a reviewer.
   */
  answerDays?: number;
  /**
   * After how many days an accepted project is looked at again. Left out: after a year.
   */
  reviewAgainDays?: number;
  /**
   * What projects can apply for; each one of the foundation's programs.
   *
   * @minItems 1
   * @maxItems 2
   */
  programs: AdmissionProgram[];
  /**
   * Questions that are asked before anything else, in this order.
   *
   * @maxItems 20
   */
  eligibility: EligibilityQuestion[];
  /**
   * What an accepted project promises to do.
   *
   * @minItems 1
   * @maxItems 20
   */
  obligations: Obligation[];
  /**
   * Where those are sent whom this application is not for.
   *
   * @maxItems 10
   */
  otherTracks?: OtherTrack[];
  /**
   * What reviewers judge, one by one, each with the evidence they cite.
   *
   * @maxItems 20
   */
  criteria?: Criterion[];
}
/**
 * One program as applicants see it.
 */
export interface AdmissionProgram {
  program: Program;
  /**
   * Its name.
   */
  title: string;
  /**
   * For which software it is and what it asks.
   */
  summary: string;
  /**
   * Whether the project's reputation is reviewed.
   */
  reputationReview: boolean;
  /**
   * How many reviewers have to accept a project.
   */
  reviewers: number;
}
/**
 * A question with yes or no.
 */
export interface EligibilityQuestion {
  id: Id;
  /**
   * As it is asked.
   */
  question: string;
  /**
   * What is meant by it.
   */
  hint?: string;
  /**
   * The answer with which one goes on.
   */
  wanted: 'yes' | 'no';
  /**
   * Why the other answer ends the application.
   */
  reason: string;
  /**
   * Which collected signals reviewers see beside the answer: licence (what the application, the host and the files name), dual-licensing (words and files that go with licences for sale), sponsorship (funding, and companies that own or hold copyright). They decide nothing.
   *
   * @maxItems 3
   */
  evidence?: ('licence' | 'dual-licensing' | 'sponsorship')[];
  /**
   * What to do instead, each a sentence.
   *
   * @maxItems 10
   */
  alternatives?: string[];
}
/**
 * One promise.
 */
export interface Obligation {
  id: Id;
  /**
   * In a few words.
   */
  title: string;
  /**
   * In full.
   */
  text: string;
}
/**
 * Another way to the foundation.
 */
export interface OtherTrack {
  /**
   * For whom it is.
   */
  title: string;
  /**
   * What they get.
   */
  text: string;
  /**
   * An https:// or mailto: address.
   */
  contact: string;
}
/**
 * One thing that reviewers judge.
 */
export interface Criterion {
  id: Id;
  /**
   * In a few words.
   */
  title: string;
  /**
   * What meets it.
   */
  text: string;
  /**
   * The programs that it is for; all of them where left out.
   *
   * @minItems 1
   * @maxItems 2
   */
  programs?: Program[];
}
