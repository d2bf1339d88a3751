// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * May change the source without another's review.
 *
 * @maxItems 50
 *
 * Items: 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Handles = string[];
/**
 * Review changes by others.
 *
 * @maxItems 50
 *
 * Items: 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Handles1 = string[];
/**
 * May approve a release. Signing policies choose from these.
 *
 * @maxItems 50
 *
 * Items: 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Handles2 = string[];
/**
 * Hand in requests. A role for people: the signer does not decide by it.
 *
 * @maxItems 50
 *
 * Items: 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Handles3 = string[];
/**
 * Look after the project’s policies. A role for people: the signer does not decide by it.
 *
 * @maxItems 50
 *
 * Items: 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Handles4 = string[];

/**
 * A project that the foundation signs for. File: projects/<slug>/project.yaml.
 */
export interface Project {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'Project';
  /**
   * The project's name as people see it.
   */
  name: string;
  /**
   * One line.
   */
  tagline: string;
  /**
   * What the program does, in a few sentences and independent of its version.
   */
  description: string;
  repository: Repository;
  /**
   * The project's home page.
   */
  homepage: string;
  /**
   * The page where releases are offered.
   */
  download?: string;
  /**
   * SPDX licence expression, for example MIT or Apache-2.0 OR MIT. Of an active project, the Open Source Initiative has to have approved it: of licences joined by AND all, of those joined by OR one.
   */
  licence: string;
  /**
   * executables: programs, installers and libraries get signed. components: libraries only; the signer tells them by content, and refuses what users start or install.
   */
  program: 'executables' | 'components';
  /**
   * What the software is for: how people browse the directory. It decides nothing.
   */
  category?:
    | 'accessibility'
    | 'communication'
    | 'databases'
    | 'development'
    | 'education'
    | 'games'
    | 'graphics'
    | 'media'
    | 'network'
    | 'office'
    | 'science'
    | 'security'
    | 'system';
  /**
   * active: requests are signed. paused: requests are refused for now. retired: refused for good.
   */
  status: 'active' | 'paused' | 'retired';
  team: Team;
  privacy: Privacy;
  systemChanges?: SystemChanges;
}
/**
 * The source repository. Names get reused, numeric ids don't: https://api.github.com/repos/<owner>/<name> shows id and owner.id.
 */
export interface Repository {
  /**
   * Address of the repository, without .git and without a final slash.
   */
  uri: string;
  /**
   * The repository's numeric id, in quotes.
   */
  id: string;
  /**
   * The owner's numeric id, in quotes.
   */
  ownerId: string;
}
/**
 * Who is who in the project; handles of people.
 */
export interface Team {
  authors: Handles;
  reviewers: Handles1;
  approvers: Handles2;
  submitters?: Handles3;
  configurators?: Handles4;
}
/**
 * Exactly one of: collectsData: false (the program sends nothing to anybody unless the user asks for it), or policy: the address of the privacy policy.
 */
export interface Privacy {
  /**
   * The program sends nothing unless the user asks for it.
   */
  collectsData?: false;
  /**
   * The project's privacy policy.
   */
  policy?: string;
}
/**
 * Exactly one of: makesChanges: false (the program changes nothing on the system beyond its own files and settings), or description: the address of the page that announces its changes and says how to undo them.
 */
export interface SystemChanges {
  /**
   * The program changes nothing beyond its own files and settings.
   */
  makesChanges?: false;
  /**
   * The page that announces the changes and says how to uninstall.
   */
  description?: string;
}
