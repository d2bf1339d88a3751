/** Whether there is room where this signer writes. */
export { openRooms, type Rooms } from './open-rooms.ts';
export { foldersOf } from './folders-of.ts';
