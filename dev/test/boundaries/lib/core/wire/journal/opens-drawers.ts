// breaks lib-core-wire-rooms-through-their-index
export { inner } from '../finding/inner.ts';
