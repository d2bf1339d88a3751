/** Who holds a repository, and under what: compared over time, since control can change hands after the decision. */
import type { Answers } from './answers.ts';
import { clean } from './signal.ts';

export interface Control {
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly fullName: string;
  readonly licence: string | null;
  readonly archived: boolean;
  readonly private: boolean;
}

/** null where the host gave no answer that can be read: then nothing is known to have changed. */
export function controlOf(answers: Answers): Control | null {
  const repository = answers.repository;
  if (!repository.ok) return null;
  const { id, owner, fullName, licence, archived } = repository.value;
  return {
    repositoryId: id,
    ownerId: owner.id,
    fullName: clean(fullName),
    licence: licence === null ? null : clean(licence, 60),
    archived,
    private: repository.value.private,
  };
}

/** What a reviewer has to know, in sentences. */
export function controlChanges(before: Control, after: Control): readonly string[] {
  const changes: string[] = [];
  if (after.repositoryId !== before.repositoryId) {
    changes.push(
      `Another repository stands at its address: number ${after.repositoryId}, not ${before.repositoryId}.`,
    );
  }
  if (after.ownerId !== before.ownerId) {
    changes.push(
      `The owner changed: ${before.fullName} (${before.ownerId}) is now ${after.fullName} (${after.ownerId}).`,
    );
  } else if (after.fullName !== before.fullName) {
    changes.push(`It was renamed from ${before.fullName} to ${after.fullName}.`);
  }
  if (after.licence !== before.licence) {
    changes.push(`The licence changed from ${before.licence ?? 'none'} to ${after.licence ?? 'none'}.`);
  }
  if (after.archived && !before.archived) changes.push('It was archived.');
  if (after.private && !before.private) changes.push('It is no longer public.');
  return changes;
}
