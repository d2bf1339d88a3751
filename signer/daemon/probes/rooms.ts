/** Health of the folders that the signer writes to. */
import type { HealthProbe } from '../health/index.ts';
import type { Rooms } from '../rooms/index.ts';

export const watchRooms = (rooms: Pick<Rooms, 'look' | 'report'>): HealthProbe => ({
  component: 'room',
  probe: async () => {
    await rooms.look();
    return rooms.report();
  },
});
