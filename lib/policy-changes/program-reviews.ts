/** A project moves to another program only once it was reviewed for that one: its questions and reviewers are others. */
import { hostAddressOf } from '#core/policy/index.ts';
import type { ProgramMove } from '#core/policy/plan/index.ts';
import type { Portal } from '../platform/portal/index.ts';

/** Of these moves, those whose newest review for the new program isn't there or didn't accept the project. */
export async function unreviewedMoves(
  { db }: Pick<Portal, 'db'>,
  moves: readonly ProgramMove[],
): Promise<readonly ProgramMove[]> {
  const judged = await Promise.all(
    moves.map(({ repositoryId, repositoryUri: uri, to }) =>
      db.review.findFirst({
        where: {
          program: to,
          state: 'closed',
          outcome: { in: ['accepted', 'rejected'] },
          // The same number on another host is another repository.
          application: { repositoryId, repositoryUri: { startsWith: hostAddressOf({ uri }) ?? uri } },
        },
        select: { outcome: true },
        orderBy: [{ closedAt: 'desc' }, { id: 'desc' }],
      }),
    ),
  );
  return moves.filter((_, index) => judged[index]?.outcome !== 'accepted');
}
