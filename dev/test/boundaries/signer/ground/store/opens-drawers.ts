// breaks signer-ground-rooms-through-their-index
export { inner } from '../database/inner.ts';
