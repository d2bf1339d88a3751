// breaks app-uses-rooms-through-their-index
export { store } from '../lib/requests/store.ts';
