/** Installers, and archives that the inspector has no reader for, are unpacked by other programs, each run in a sandbox of its own. */
export { describeMachine, probeMachine, unpackersHere } from './machine.ts';
export { removeAll, type Amount } from './output.ts';
export { unpack } from './unpack.ts';
