// breaks lib-core-policy-rooms-through-their-index
export { inner } from '../acceptance/inner.ts';
