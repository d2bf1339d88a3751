// breaks signer-rulings-rooms-through-their-index
export { inner } from '../revocations/inner.ts';
