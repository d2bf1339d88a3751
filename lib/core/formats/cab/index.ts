/** Cabinet files: what makecab, WiX and gcab pack, with the compressions MSZIP and LZX. Opened, packed again, and signed by Authenticode. */
export { cabFormat } from './format.ts';
export { openEachFile } from './each-file.ts';
export { openCab, type CabEntry } from './read-cab.ts';
export { planCab } from './rewrite-cab.ts';
export { cabSigning } from './sign.ts';
