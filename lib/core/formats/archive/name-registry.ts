/** Finds names of one archive that denote the same place on some file system. */
import { showName, type ArchiveIssue } from './archive-error.ts';

interface Known {
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** A folder that was only implied by the path of something in it may still get an entry of its own. */
  explicit: boolean;
}

export class NameRegistry {
  readonly #known = new Map<string, Known>();

  /** Records one entry → the collision that it causes, or null. */
  add(path: string, type: 'file' | 'directory'): ArchiveIssue | null {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const issue = this.#place(path.slice(0, at), 'directory', false);
      if (issue !== null) return issue;
    }
    return this.#place(path, type, true);
  }

  #place(path: string, type: 'file' | 'directory', explicit: boolean): ArchiveIssue | null {
    const key = foldName(path);
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, { path, type, explicit });
      return null;
    }
    if (known.path !== path) return collision(known.path, path);
    if (known.type !== type) {
      return {
        code: 'NAME_CONFLICT',
        message: `${showName(path)} is both a file and a folder.`,
        fix: 'Rename one of the two.',
      };
    }
    if (explicit && known.explicit) {
      return {
        code: 'DUPLICATE_NAME',
        message: `${showName(path)} appears twice; programs disagree on which one to use.`,
        fix: 'Pack every file once.',
      };
    }
    known.explicit ||= explicit;
    return null;
  }
}

/**
 * Two names with the same folded form are one file on some file system: case (NTFS, APFS) and canonical
 * equivalence (APFS, HFS+). Folding is wider than any one system's table, so it errs towards refusing.
 */
export function foldName(name: string): string {
  return name.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}

function collision(first: string, second: string): ArchiveIssue {
  const names = `${showName(first)} and ${showName(second)}`;
  if (first.normalize('NFC') === second.normalize('NFC')) {
    return {
      code: 'UNICODE_COLLISION',
      message: `${names} differ only in how accents are encoded: one file on macOS.`,
      fix: 'Normalise file names to NFC and keep one.',
    };
  }
  return {
    code: 'CASE_COLLISION',
    message: `${names} differ only in case: one file on Windows and macOS.`,
    fix: 'Rename one of the two.',
  };
}
