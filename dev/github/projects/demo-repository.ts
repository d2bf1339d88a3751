/** The repository that the seed's policies name, whose runs upload and attest. */
import { seededRepositories } from './seed.ts';
import type { Projects } from './state.ts';

export const demoRepository = {
  id: 900_100_200,
  ownerId: 900_100,
  fullName: 'countersign-demo/esbuild-windows',
};

export function addDemoRepository(state: Projects): void {
  const { id, ownerId, fullName } = demoRepository;
  const [login = '', name = ''] = fullName.split('/');
  const like = state.need(seededRepositories.parcelShelf);
  const owner = state.accounts.get(like.ownerId);
  if (owner === undefined) throw new Error('the seeded repository has no owner');
  state.accounts.set(ownerId, { ...owner, id: ownerId, login });
  state.repositories.set(id, { ...like, id, ownerId, name });
}
