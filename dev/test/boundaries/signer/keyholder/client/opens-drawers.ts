// breaks signer-keyholder-rooms-through-their-index
export { inner } from '../token/inner.ts';
