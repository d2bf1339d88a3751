// breaks lib-core-pki-rooms-through-their-index
export { inner } from '../cms/inner.ts';
