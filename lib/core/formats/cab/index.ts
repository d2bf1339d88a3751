/** Cabinet files: what makecab, WiX and gcab pack, with the compressions MSZIP and LZX. */
export { openCab, type CabEntry } from './read-cab.ts';
