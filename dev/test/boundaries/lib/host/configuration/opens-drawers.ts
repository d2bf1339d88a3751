// breaks lib-host-rooms-through-their-index
export { git } from '../git/run-git.ts';
