// breaks signer-rooms-through-their-index
export { run } from '../policy-source/run.ts';
