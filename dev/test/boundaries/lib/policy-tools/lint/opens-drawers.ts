// breaks lib-policy-tools-rooms-through-their-index
export { inner } from '../edit/inner.ts';
