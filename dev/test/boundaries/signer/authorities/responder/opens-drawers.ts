// breaks signer-authorities-rooms-through-their-index
export { inner } from '../issue/inner.ts';
