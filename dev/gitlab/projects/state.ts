/** What a GitLab remembers of people, groups and their projects, and what may happen to them. */

export interface User {
  readonly id: number;
  username: string;
  readonly name: string;
  readonly createdAt: string;
  readonly followers: number;
  readonly bot: boolean;
  bio: string;
  organization: string;
}

/** Of a person or a group: its number is another one than the person's. */
export interface Namespace {
  readonly id: number;
  readonly kind: 'user' | 'group';
  /** The whole path; of a person, the user name. */
  fullPath: string;
  readonly name: string;
  readonly createdAt: string;
  readonly userId: number | null;
}

export interface Project {
  readonly id: number;
  namespaceId: number;
  path: string;
  description: string | null;
  visibility: 'public' | 'internal' | 'private';
  archived: boolean;
  forkedFrom: number | null;
  /** null: it has no commit. */
  defaultBranch: string | null;
  /** Licensee's key and the file. */
  licence: { readonly key: string; readonly file: string } | null;
  configurationPath: string;
  readonly createdAt: string;
  lastActivityAt: string;
  readonly files: Map<string, string>;
  readonly protectedBranches: Set<string>;
  releases: readonly {
    readonly tag: string;
    readonly at: string;
    readonly upcoming: boolean;
    readonly links: readonly string[];
  }[];
  contributors: readonly { readonly name: string; readonly email: string; readonly commits: number }[];
  /** When each was committed, the newest first. */
  commits: readonly string[];
  issues: readonly { readonly createdAt: string; readonly closedAt: string }[];
  stars: readonly { readonly userId: number; readonly at: string }[];
  /** User → level of the role, of the project or of a group above it. */
  readonly members: Map<number, { level: number; state: 'active' | 'awaiting' | 'blocked' }>;
}

/** What a job left, before GitLab packs it: path → bytes. */
export interface JobFiles {
  readonly projectId: number;
  readonly pipelineId: number;
  readonly files: Map<string, Buffer>;
  expiresAt: string | null;
  /** Its time is over, and GitLab has removed it. */
  removed: boolean;
  /** Where GitLab leads to for the bytes; null: it sends them itself. */
  elsewhere: string | null;
}

export class Projects {
  /** By the number of the job. */
  readonly jobs = new Map<number, JobFiles>();

  readonly users = new Map<number, User>();
  readonly namespaces = new Map<number, Namespace>();
  readonly projects = new Map<number, Project>();
  /** A path that was left → number of the project. */
  readonly moved = new Map<string, number>();

  pathOf(project: Project): string {
    return `${this.namespaces.get(project.namespaceId)?.fullPath ?? '?'}/${project.path}`;
  }

  byPath(path: string): Project | null {
    const wanted = path.toLowerCase();
    for (const one of this.projects.values()) if (this.pathOf(one).toLowerCase() === wanted) return one;
    return null;
  }

  need(id: number): Project {
    const found = this.projects.get(id);
    if (found === undefined) throw new Error(`there is no project ${id}`);
    return found;
  }

  /** A job of a pipeline that left files. → its number. */
  leave(projectId: number, pipelineId: number, files: Readonly<Record<string, Buffer>>): number {
    const id = 9_000_000_000 + this.jobs.size;
    const left = { files: new Map(Object.entries(files)), expiresAt: null, removed: false, elsewhere: null };
    this.jobs.set(id, { projectId, pipelineId, ...left });
    return id;
  }

  rename(id: number, path: string): void {
    const project = this.need(id);
    this.moved.set(this.pathOf(project).toLowerCase(), id);
    project.path = path;
  }

  transfer(id: number, namespaceId: number): void {
    const project = this.need(id);
    this.moved.set(this.pathOf(project).toLowerCase(), id);
    project.namespaceId = namespaceId;
  }
}
