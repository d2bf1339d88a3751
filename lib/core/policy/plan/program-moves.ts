import type { ProjectSlug } from '../../ids/index.ts';
import type { PolicySnapshot } from '../index.ts';

/** A project that a change moves from one of the foundation's programs to another. */
export interface ProgramMove {
  readonly project: ProjectSlug;
  /** As in the policy in force: a move must not change the repository. */
  readonly repositoryId: string;
  readonly repositoryUri: string;
  readonly from: string;
  readonly to: string;
}

/** Two snapshots → the projects of both whose program differs. New projects don't move. */
export function programMoves(base: PolicySnapshot, head: PolicySnapshot): readonly ProgramMove[] {
  return [...base.projects].flatMap(([project, before]) => {
    const after = head.projects.get(project);
    const { program: from, repository } = before.project.value;
    const to = after?.project.value.program ?? from;
    return from === to
      ? []
      : [{ project, repositoryId: repository.id, repositoryUri: repository.uri, from, to }];
  });
}
