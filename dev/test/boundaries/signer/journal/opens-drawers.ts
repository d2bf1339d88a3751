// breaks signer-rooms-through-their-index
export { run } from '../intake/run.ts';
