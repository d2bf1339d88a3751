// breaks host-through-its-index
export { git } from '../../lib/host/git/run-git.ts';
