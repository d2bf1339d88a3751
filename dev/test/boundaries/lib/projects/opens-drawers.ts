// breaks lib-rooms-through-their-index
export { store } from '../requests/store.ts';
