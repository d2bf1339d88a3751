// breaks signer-daemon-rooms-through-their-index
export { inner } from '../requests/inner.ts';
