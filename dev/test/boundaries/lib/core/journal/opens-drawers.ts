// breaks lib-core-rooms-through-their-index
export { canonical } from '../json/canonical.ts';
