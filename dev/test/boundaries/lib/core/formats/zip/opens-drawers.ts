// breaks lib-core-formats-rooms-through-their-index
export { inner } from '../tar/inner.ts';
