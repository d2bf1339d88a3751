// breaks lib-core-text-rooms-through-their-index
export { inner } from '../typed/inner.ts';
