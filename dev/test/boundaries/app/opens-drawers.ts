// breaks lower-floors-through-their-index
export { canonical } from '../lib/core/json/canonical.ts';
